import tomllib,time,sys
from pathlib import Path
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.case_model import *
from equipoise.mechanism.calibrating import *
plan=MechanismPlan.model_validate(tomllib.load(open('/tmp/mech/mechanism_slice.toml','rb'))['mechanism'])
case=read_case_model(Path('src/equipoise/cases/metformin-her2/mechanism'))
print(plan_problems(plan,case))
t=time.time()
plan=plan.model_copy(update={'patients':int(sys.argv[1]),'draws':int(sys.argv[2])})
c=calibrate(case,plan,20261128,workers=2,say=lambda s:print(s,round(time.time()-t,1),flush=True))
print(round(time.time()-t,1),c.status,c.message,c.log_likelihood,c.saturated,c.log_marginal,c.temperatures,c.unique_draws,c.accepted,c.failed, c.fixed['shift_nodes'])
for p in c.parameters: print(p.symbol,round(p.mode,3),round(p.median,3),round(p.low,3),round(p.high,3),'learnt',round(p.learnt,2))
tt={t.id:t for t in case.targets}
for a in c.arms: print(f'{a.target:24s} {tt[a.target].use:9s} {tt[a.target].label:20s} obs {a.observed:.3f} ({a.low:.3f}-{a.high:.3f}) pred {a.predicted:.3f} ({a.predicted_low:.3f}-{a.predicted_high:.3f}) [{a.sampled_low:.3f}-{a.sampled_high:.3f}] {a.inside} {a.covered} loo {a.left_out:.3f}')
from equipoise.mechanism.recurrence import *
store=ArmStore(case,plan,fit_population(case,plan,20261128),2)
print(tie_recurrence(case,plan,c,store,np.random.default_rng(3)))
