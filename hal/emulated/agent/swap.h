/* What a start does with the two slots: nothing, a swap, or the rest of a swap that a power cut broke off. */
#pragma once
#include "trailer.h"

/* MCUboot's decision for the next start, from both trailers alone. */
SwapType swap_decide(void);
/* Finishes a broken swap, or does what is decided; then checks slot 0 and fills `running_image`. */
void swap_start(void);
