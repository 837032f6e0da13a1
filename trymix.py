import tomllib,time,sys,numpy as np
from pathlib import Path
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.case_model import *
from equipoise.mechanism.calibrating import *
from equipoise.mechanism.calibrating import _arm,_prior
from equipoise.mechanism.calibration.response_fit import arms_log_likelihood
from equipoise.mechanism.calibration.tempered_draws import tempered_draws
plan=MechanismPlan.model_validate(tomllib.load(open('/tmp/mech/mechanism_slice.toml','rb'))['mechanism'])
case=read_case_model(Path('src/equipoise/cases/metformin-her2/mechanism'))
kill,model=plan.kill,case.model
store=ArmStore(case,plan,fit_population(case,plan,20261128,256),2)
fixed={n:model.values[model.index(n)].item() for n in kill.parameters}
ts=[t for t in case.targets if t.use=='fit' and t.measure=='pcr']
arms=[_arm(store,plan,t) for t in ts]; prior=_prior(case,plan.fitted)
ll=lambda w: arms_log_likelihood(kill,arms,{**fixed,**prior.natural(w)})
t=time.time(); [ll(prior.mean) for _ in range(200)]; print('eval ms',(time.time()-t)*5)
for s in (1,2):
  for mv in (6,):
    t=time.time(); d=tempered_draws(ll,prior,np.random.default_rng(s),particles=300,moves=mv); print(s,mv,round(time.time()-t,1),d.log_marginal,d.accepted,np.round(np.median(d.points,0),2),np.round(d.points.std(0),2),flush=True)
# long chain
rng=np.random.default_rng(9); C=np.cov(d.points,rowvar=False); Lc=np.linalg.cholesky(C)*2.38/np.sqrt(10)*.8
x=d.points[0].copy(); v=ll(x)+prior.log_density(x); ch=[]; acc=0
for i in range(int(sys.argv[1])):
    y=x+Lc@rng.standard_normal(10); w=ll(y)+prior.log_density(y)
    if np.log(rng.random())<w-v: x,v=y,w; acc+=1
    ch.append(x)
ch=np.array(ch)[2000:]; print('mcmc',acc/i,np.round(np.median(ch,0),2),np.round(ch.std(0),2)); h=len(ch)//2; print(np.round(np.median(ch[:h],0),2),np.round(np.median(ch[h:],0),2))
