/** Order q of the base field of BN254: point coordinates are below it. */
export const baseModulus = 21888242871839275222246405745257275088696311157297823662689037894645226208583n

/** Order r of the scalar field of BN254: wire values and public signals are below it. */
export const scalarModulus = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

/** r − 1 is divisible by 2 to this power, so no evaluation domain is larger. */
export const twoAdicity = 28

/** Bytes of one field element, of either field. */
export const fieldBytes = 32

/** The generator of G1, affine. */
export const g1Generator = [1n, 2n] as const

/** The generator of G2, affine, coordinates as (c0, c1) of c0 + c1·u (EIP-197). */
export const g2Generator = [
  [
    10857046999023057135944570762232829481370756359578518086990519993285655852781n,
    11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  ],
  [
    8495653923123431417604973247489272438418190587263600148770280649306958101930n,
    4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  ],
] as const

/**
 * A primitive root of unity of order 2^28 in the scalar field, 5^((r−1)/2^28): the one that snarkjs'
 * domains are built from, so that keys and provers agree on the order of evaluation points.
 */
export const rootOfUnity = 19103219067921713944291392827692070036145651957329286315305642004821462161904n
