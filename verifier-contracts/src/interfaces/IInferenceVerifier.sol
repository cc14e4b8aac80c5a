// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERCZKMLStorageExtension} from "./IERCZKMLStorageExtension.sol";
import {IERCZKMLVerifier} from "./IERCZKMLVerifier.sol";

/// @title Verifier of proven inferences, one for all models of a registry
/// @notice Three ways to use a proof:
///         `verify`, `check`, `certify` and the batch views ask and change nothing;
///         `verifyInference` and `verifyAndStoreInference` (ERC-7992) verify against the *current* version of a
///         model and leave an event or a record;
///         `consume` and its batches verify against a *pinned* version and spend the caller's nonce, so that the
///         caller acts on an answer once, however often the proof is copied or re-randomised.
/// @dev Status: a revoked version is refused everywhere. A deprecated one is refused where the model's current
///      version is meant (as ERC-7992 demands) and accepted where the caller pins the version: deprecation is an
///      owner's advice against new uses, and must not strand requests under way.
///      Gas: the precompiles burn all gas they are given when a point is invalid, so each call is given its price
///      and a margin: refusing a proof costs at most 50,000 gas more than accepting it, however much is sent.
interface IInferenceVerifier is IERCZKMLVerifier, IERCZKMLStorageExtension {
    /// @notice A proven answer as it is handed in.
    /// @param proof A.x, A.y, B.x.c1, B.x.c0, B.y.c1, B.y.c0, C.x, C.y.
    /// @param statement The public signals but the last: the input commitment (or the packed inputs), then the
    ///        packed outputs. The last public signal, the context, is computed here from the fields below.
    /// @param requester Whom the proof is made for; zero for anyone (a bearer proof).
    /// @param nonce The requester's number for this answer.
    struct Inference {
        uint256[8] proof;
        uint256[] statement;
        address requester;
        uint256 nonce;
    }

    /// @notice Why an inference is accepted or refused.
    enum Verdict {
        Valid,
        VersionUnknown,
        VersionRevoked,
        StatementLengthWrong,
        SignalOutOfField,
        ProofInvalid,
        RequesterWrong,
        NonceSpent
    }

    /// @notice An answer was accepted for its requester, and the nonce is spent.
    event InferenceConsumed(
        uint256 indexed modelId, address indexed requester, uint256 indexed nonce, uint32 version, uint256[] statement
    );

    /// @notice The registry has no such version of the model.
    error VersionNotFound(uint256 modelId, uint32 version);

    /// @notice The version is revoked.
    error VersionRefused_Revoked(uint256 modelId, uint32 version);

    /// @notice The statement does not have as many signals as the version declares.
    error StatementLengthWrong();

    /// @notice A public signal is not below the scalar field's order.
    error SignalOutOfField();

    /// @notice The caller is not the requester whom the proof is made for.
    error NotRequester(address requester, address caller);

    /// @notice The requester's nonce is spent.
    error NonceSpent(address requester, uint256 nonce);

    /// @notice Nothing is stored under this id.
    error InferenceNotFound(bytes32 inferenceId);

    /// @notice Too little gas is left to tell a bad proof from a starved pairing check.
    error InsufficientGas();

    /// @notice Whether a proof is valid for its statement, requester and nonce. Spends nothing: who acts on the
    ///         answer keeps account of its own requests.
    function verify(uint256 modelId, uint32 version, Inference calldata inference) external view returns (bool);

    /// @notice As `verify`, with the reason.
    function check(uint256 modelId, uint32 version, Inference calldata inference) external view returns (Verdict);

    /// @notice Whether all proofs of a batch are valid: one pairing check over a random linear combination, whose
    ///         128-bit coefficients are hashes of everything in the batch. An empty batch is valid.
    function verifyBatch(uint256 modelId, uint32 version, Inference[] calldata inferences)
        external
        view
        returns (bool);

    /// @notice The verdict on each element by itself, at the price of single checks: names the bad ones of a batch.
    function checkEach(uint256 modelId, uint32 version, Inference[] calldata inferences)
        external
        view
        returns (Verdict[] memory);

    /// @notice Reverts unless a proof is valid and made for the caller. Spends nothing: for callers that keep account
    ///         of their own requests, who save 8,400 to 25,500 gas against `consume`.
    function certify(uint256 modelId, uint32 version, Inference calldata inference) external view;

    /// @notice Accepts an answer made for the caller and spends the nonce; reverts unless all is well.
    function consume(uint256 modelId, uint32 version, Inference calldata inference) external;

    /// @notice Accepts a batch made for the caller with one pairing check; reverts if any element is bad.
    function consumeBatch(uint256 modelId, uint32 version, Inference[] calldata inferences) external;

    /// @notice Accepts each good element of a batch made for the caller and skips the bad ones.
    /// @return verdicts One for each element; `Valid` ones are accepted.
    function consumeEach(uint256 modelId, uint32 version, Inference[] calldata inferences)
        external
        returns (Verdict[] memory verdicts);

    /// @notice The last public signal of a proof for this verifier on this chain:
    ///         uint256(keccak256(abi.encode(chainId, verifier, requester, nonce))) mod r.
    function contextOf(address requester, uint256 nonce) external view returns (uint256);

    /// @notice Whether a requester's nonce is spent. Nonces need no order; 256 neighbours share a storage slot.
    function isNonceSpent(address requester, uint256 nonce) external view returns (bool);

    /// @notice The version against which a stored inference was verified.
    function versionOfInference(bytes32 inferenceId) external view returns (uint32);
}
