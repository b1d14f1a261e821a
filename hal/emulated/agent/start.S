/* Reset: vectors, stacks, cleared memory, painted stack, then main. An unexpected exception resets the board. */
  .arm
  .section .vectors, "ax"
  .global _start
_start:
vectors:
  b reset
  b board_fault            /* undefined instruction */
  b board_fault            /* supervisor call */
  b board_fault            /* prefetch abort */
  b board_fault            /* data abort */
  b board_fault
  b irq_entry
  b board_fault            /* fast interrupt */

reset:
  ldr r0, =vectors
  mcr p15, 0, r0, c12, c0, 0   /* VBAR: vectors live where the ELF was loaded */
  cps #0x12                /* interrupt mode */
  ldr sp, =irq_stack_top
  cps #0x13                /* supervisor mode */
  ldr sp, =stack_top
  ldr r0, =bss_start
  ldr r1, =bss_end
  mov r2, #0
1: cmp r0, r1
  strlo r2, [r0], #4
  blo 1b
  ldr r0, =stack_low       /* painted, so that taskstat can tell how deep the stack has been */
  ldr r1, =stack_top
  ldr r2, =0xA5A5A5A5
2: cmp r0, r1
  strlo r2, [r0], #4
  blo 2b
  b main
