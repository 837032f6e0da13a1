import time, numpy as np
from pathlib import Path
from equipoise.mechanism.models import read_model
from equipoise.mechanism.dosing import *
from equipoise.mechanism.solving import *
F=Path('src/equipoise/cases/metformin-her2/mechanism')
m=read_model(F); d=read_drugs(F/'drugs.csv'); r=read_regimens(F/'regimens.csv',d)
print(list(r))
for nm,days in (('THP',84),('THP+metformin',84),('wPH-FECH+metformin',168)):
    s=schedule(combined(r,nm),d,m,days)
    P=np.tile(m.values,(200,1))
    t=time.time(); q=simulate_patients(m,s,P[:2],outputs=['S','R','J_doc','J_pac','J_sig','J_adcc','J_escape'],days=[days]); print('first',time.time()-t)
    t=time.time(); q=simulate_patients(m,s,P,outputs=['S','R','J_doc','J_pac','J_sig','J_adcc','J_escape'],days=[days]); print(nm,(time.time()-t)/200*1e3,'ms', q.values[0], q.status[:3])
