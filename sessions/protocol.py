"""The treatment protocol, by the name under which this room knows it; the value itself is in the patients room, since orders rest on it."""

from patients.rules.protocol import PROTOCOLS, REMS_ESKETAMINE, TreatmentProtocol, protocol_of

__all__ = ["PROTOCOLS", "REMS_ESKETAMINE", "TreatmentProtocol", "protocol_of"]
