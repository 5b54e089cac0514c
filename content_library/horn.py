"""What a horn loudspeaker leaves of a voice: figures for a preview, not a model of any one product."""

# Below its cut-off a horn's flare carries nothing; above, the mass of its diaphragm holds it back.
# This is the band of the small re-entrant horns that villages have, taken on the cautious side.
HORN_BAND_HZ = (300, 5000)
