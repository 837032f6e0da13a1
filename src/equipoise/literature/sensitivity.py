"""Papers on sensitivity of models, interactions with markers, and combinations of treatments."""

from __future__ import annotations

from equipoise.literature.reference import Reference

REFERENCES: tuple[Reference, ...] = (
    Reference(
        "abbott1925",
        "Abbott WS",
        1925,
        "A method of computing the effectiveness of an insecticide",
        "Journal of Economic Entomology 18:265-267",
        "10.1093/jee/18.2.265a",
    ),
    Reference(
        "bliss1939",
        "Bliss CI",
        1939,
        "The toxicity of poisons applied jointly",
        "Annals of Applied Biology 26:585-615",
        "10.1111/j.1744-7348.1939.tb06990.x",
    ),
    Reference(
        "demidenko2008",
        "Demidenko E",
        2008,
        "Sample size and optimal design for logistic regression with binary interaction",
        "Statistics in Medicine 27:36-46",
        "10.1002/sim.2980",
    ),
    Reference(
        "foucquier2015",
        "Foucquier J, Guedj M",
        2015,
        "Analysis of drug combinations: current methodological landscape",
        "Pharmacology Research and Perspectives 3:e00149",
        "10.1002/prp2.149",
    ),
    Reference(
        "saltelli2010",
        "Saltelli A, Annoni P, Azzini I, Campolongo F, Ratto M, Tarantola S",
        2010,
        "Variance based sensitivity analysis of model output. Design and estimator for the total "
        "sensitivity index",
        "Computer Physics Communications 181:259-270",
        "10.1016/j.cpc.2009.09.018",
    ),
    Reference(
        "sobol2001",
        "Sobol IM",
        2001,
        "Global sensitivity indices for nonlinear mathematical models and their Monte Carlo "
        "estimates",
        "Mathematics and Computers in Simulation 55:271-280",
        "10.1016/S0378-4754(00)00270-6",
    ),
)
