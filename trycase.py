import time,sys,pickle,json
from equipoise.case import load_case
from equipoise.mechanism.case_mechanism import *
from equipoise.checkpoints import to_plain,from_plain
c=load_case('metformin-her2'); t=time.time()
plan=c.mechanism.model_copy(update=dict(patients=int(sys.argv[1]),draws=int(sys.argv[2]),edge_draws=int(sys.argv[3]),edge_patients=int(sys.argv[4])))
m=assess_mechanism(c.model,plan,c.identity.seed,workers=2,say=lambda s:print(s,round(time.time()-t,1),flush=True))
print('total',time.time()-t)
pl=json.dumps(to_plain(m)); print(len(pl)); m2=from_plain(CaseMechanism,json.loads(pl)); open('/tmp/mech/case_mechanism.json','w').write(pl)
for e in m.exposures: print(e.id,round(e.simulated,2),e.reference,e.inside)
print(m.systemic); print(m.recurrence); print(m.acceptance)
w=m.weights; print(w.verdict,w.best,w.second,w.bayes_factor,[(r.rival,round(r.weight,3),round(r.bayes_factor,2)) for r in w.rivals]); print([(l.study,l.best,round(l.bayes_factor,2),l.verdict) for l in w.left_out]); print(w.alike)
for p in m.profiles: print(p.name,p.shape,p.low,p.high,np.round(p.values,2),p.converged)
for k in m.checks: print(k.target,k.rival,round(k.predicted,3),round(k.predicted_low,3),round(k.predicted_high,3),k.inside)
print([(f.name,round(f.total,2),round(f.first,2)) if hasattr(f,'first') else f for f in m.carriers.effect.factors])
print(m.gain); print(m.iso.bands)
for k in m.cells: print(k.backbone,k.rival,k.rank,round(k.alone.median,3),round(k.with_drug.median,3),round(k.odds_ratio.median,3),round(k.hazard_ratio.median,3),'bliss',round(k.bliss.median,3),len(k.assumed))
