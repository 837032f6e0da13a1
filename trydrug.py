import tomllib,time,sys,numpy as np,pickle,os
from pathlib import Path
from equipoise.mechanism.case_model import *
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.calibrating import *
from equipoise.mechanism.recurrence import *
from equipoise.mechanism.drug_effects import *
from equipoise.mechanism.rivals import *
from equipoise.mechanism.sensitivity import *
t=time.time()
def say(s): print(s,round(time.time()-t,1),flush=True)
plan=MechanismPlan.model_validate(tomllib.load(open('/tmp/mech/mechanism_slice.toml','rb'))['mechanism'])
F=Path('src/equipoise/cases/metformin-her2/mechanism'); case=read_case_model(F)
plan=plan.model_copy(update={'patients':128,'draws':100})
if os.path.exists('/tmp/mech/cal.pkl'): c,link=pickle.load(open('/tmp/mech/cal.pkl','rb'))
else:
    c=calibrate(case,plan,20261128,workers=2,say=say); store=ArmStore(case,plan,fit_population(case,plan,20261128),2)
    link=tie_recurrence(case,plan,c,store,np.random.default_rng(3)).link; pickle.dump((c,link),open('/tmp/mech/cal.pkl','wb'))
say('cal')
rivals=read_rivals(F/'rivals.csv',case.model)
ed=edge_draws(case,plan,c,link,20261128,draws=40,patients=32,workers=2); say('edges')
ef,out,mk=drug_effects(case,plan,ed,rivals); say('effects')
for e in ef: print(e.rival,'OR',np.round(np.exp(np.percentile(e.log_odds_ratios,[2.5,50,97.5],axis=0)),3).T.tolist(),'HR',np.round(np.exp(np.percentile(e.log_hazard_ratios,[2.5,50,97.5])),3),'pCR',np.median(e.response).round(3),np.median(e.response_with).round(3),e.failed)
print(ef[0].groups,ef[0].shares)
s=split_effects(out,mk); print(s.best,s.harmonic_patients)
