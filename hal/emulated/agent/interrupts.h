/* The interrupt controller (GIC): one handler a source. */
#pragma once
#include "base.h"

void interrupts_start(void);
/* `source` is the GIC's number, 32..63. */
void interrupts_attach(unsigned source, void (*handler)(void));
