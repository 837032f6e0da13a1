import sys; sys.path.insert(0,'/tmp/mech')
import numpy as np, pickle, time
from equipoise.mechanism.calibration.kill_plan import *
from equipoise.mechanism.calibration.kill_integrals import *
from equipoise.mechanism.calibration.response_fit import *
from equipoise.mechanism.calibration.fitted_prior import *
plan=KillPlan(families=(KillFamily(name='chemo',sensitivity='eta_chemo',spread='omega_chemo',shift='h_hr_chemo'),KillFamily(name='her2',sensitivity='eta_her2',spread='omega_her2',shift='h_hr_her2',resistant='phi_resistant')),
 terms=(KillTerm(coefficient='kappa_doc',integral='J_doc',family='chemo'),KillTerm(coefficient='kappa_pac',integral='J_pac',family='chemo'),KillTerm(coefficient='kappa_a',integral='J_a',family='chemo'),
  KillTerm(coefficient='kappa_sig',integral='J_sig',family='her2',escaped=True),KillTerm(coefficient='kappa_adcc',integral='J_adcc',family='her2',escaped=True)),
 growth='J_growth',cells='cells_0',resistant_share='resistant_0',stratum='hr_positive',escape_rate='k_adapt',escape_integral='J_adapt',clonogenic='cells_breast',
 definitions={'b':(),'bn':('shift_nodes',)})
tr=pickle.load(open('/tmp/mech/tr.pkl','rb'))
from scipy.stats import qmc,norm
n=512; z=norm.ppf(qmc.Sobol(3,seed=1).random(n))
pac={'NOAH0','NOAHH','NeoALTTO','METTEN'}
st={'NOAHH':0,'FECDHP':63,'NeoALTTO':0,'METTEN':0,'NOAH0':1e9}
def arm(k,ratio=1):
    D=tr[k]; d=len(D); c=D.cumsum(0)
    zero=np.zeros((n,d)); one=np.ones((n,1))
    occ=np.maximum(np.arange(1,d+1)-st.get(k,0),0)
    sel=np.unique(np.r_[np.arange(0,28,2),np.arange(27,d,7),d-1])
    o={'J_doc':one*c[:,0] if k not in pac else zero,'J_pac':one*c[:,0] if k in pac else zero,'J_a':one*c[:,3],'J_sig':one*c[:,1],'J_adcc':one*c[:,2],'J_growth':one*c[:,4],'J_adapt':one*occ}
    o={k:v[:,sel] if v.shape[1]>1 else v for k,v in o.items()}
    return kill_integrals(plan,o,3e9*ratio*np.exp(.8*z[:,2]),np.full(n,.05),z[:,:2].copy())
T=[('TH',1,10,50),('TH',0,21,57),('THP',1,13,50),('THP',0,36,57),('HP',1,3,51),('HP',0,15,55),('DP',1,8,46),('DP',0,15,50),('NOAH0',.36,22,118),('NOAHH',.36,44,117)]
I={k:arm(k,5 if 'NOAH' in k else 1) for k in tr}
arms=[FittedArm(t[0]+str(t[1]),I[t[0]],'bn' if 'NOAH' in t[0] else 'b',t[1],t[2],t[3]) for t in T]
R=dict(kappa_doc=(.3,20),kappa_pac=(.1,8),kappa_a=(.1,10),kappa_sig=(.05,20),kappa_adcc=(.02,10),h_hr_chemo=(.02,1.5),h_hr_her2=(.05,2),omega_chemo=(.4,1.6),omega_her2=(.4,1.6),k_adapt=(.005,.5))
pr=fitted_prior(list(R),R)
fx=dict(phi_resistant=.3,cells_breast=1.,shift_nodes=.3)
t=time.time(); f=fit_responses(plan,arms,pr,fx,np.random.default_rng(1),particles=300); print(time.time()-t)
print(f.status,f.message,f.log_likelihood,f.saturated,f.draws.unique,f.draws.log_marginal,f.draws.temperatures,f.draws.accepted); th={**fx,**f.theta()}; print({k:round(v,3) for k,v in th.items()})
for a in arms: print(a.name,round(mixed_rate(response_rates(plan,a.integrals,th,a.definition),a.stratum_share),3),round(a.events/a.n,3))
for k in('TCHP','FECDHP','FECHPDHP','NeoALTTO','METTEN'):
    v=[mixed_rate(response_rates(plan,I[k],{**fx,**f.theta(w)},'b' if k in('NeoALTTO',) else 'bn'),.5) for w in f.draws.points[:100]]
    print(k,np.round(np.quantile(v,[.025,.5,.975]),3))

print({k:np.round(np.quantile(np.exp(f.draws.points[:,i]),[.025,.5,.975]),3).tolist() for i,k in enumerate(f.prior.names)})
from equipoise.mechanism.calibration.recurrence_link import *
def L(k,th,w=.36):
    b=residual(log_burden(plan,I[k],th),1.); return np.concatenate([b[0],b[1]])
W=np.r_[np.full(n,.64),np.full(n,.36)]
for w in [None]+list(f.draws.points[:5]):
    th={**fx,**f.theta(w)}
    lk=recurrence_link(L('NOAHH',th),L('NOAH0',th),.43,.64,5)
    left=L('TCHP',th); pc=np.concatenate(list(complete_response(plan,log_burden(plan,I['TCHP'],th),th,'bn')))
    h=RecurrenceLink(base_hazard(lk.slope,left,.9,3),lk.slope,True)
    print(lk, 'KRISTINE HR pCR', hazard_ratio(h,left,left,3,pc,1-pc))
