import glob,json,numpy as np,os
from equipoise.checkpoints import from_plain
from equipoise.mechanism.case_mechanism import CaseMechanism
f=[p for p in glob.glob('/tmp/cal-out/.*/mechanism*.room')+glob.glob('/tmp/cal-out/**/mechanism*.room',recursive=True)][0]
m=from_plain(CaseMechanism,json.loads(open(f,'rb').read()[65:]))
for e in m.effects: print(e.rival,e.failed,np.isnan(e.log_odds_ratios).sum(0),np.isnan(e.log_hazard_ratios).sum(),np.where(np.isnan(e.log_odds_ratios[:,0]))[0])
print(m.calibration.failed)
for a in m.calibration.arms: print(a.target,round(a.observed,3),round(a.predicted,3),round(a.predicted_low,3),round(a.predicted_high,3),a.covered)
for p in m.calibration.parameters: print(p.symbol,round(p.mode,3),round(p.median,3),round(p.low,3),round(p.high,3),round(p.learnt,2))
