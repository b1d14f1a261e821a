/* Ed25519 (RFC 8032), verification only: nothing here is secret, so nothing is constant in time. */
#pragma once
#include "base.h"

#define ED25519_KEY_BYTES 32u
#define ED25519_SIGNATURE_BYTES 64u

/*
 * The acceptance policy of hal/crypto: canonical A and R, S below the group order, neither A nor R of small order,
 * cofactorless.
 */
bool ed25519_verify(const uint8_t key[32], const void *message, size_t length, const uint8_t signature[64]);
