// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceVerifier} from "./IInferenceVerifier.sol";

/// @title A contract that acts on proven digit classifications
/// @notice The smallest useful consumer: someone requests a classification, anyone delivers the proven answer, and
///         the contract acts on it once.
interface IProvenDigit {
    /// @notice Where a request stands.
    enum Status {
        None,
        Open,
        Answered
    }

    /// @notice One request and its answer; one storage slot.
    /// @param status Where it stands.
    /// @param digit The proven digit, 0 to 9, once answered.
    /// @param picture The first 30 bytes of the input commitment that was asked about; zero if any picture would do.
    struct Request {
        Status status;
        uint8 digit;
        bytes30 picture;
    }

    /// @notice A classification was requested; a proof must be made for this contract and this nonce.
    event DigitRequested(uint256 indexed nonce, address indexed asker, bytes32 inputCommitment);

    /// @notice A request was answered by a valid proof.
    event DigitProven(uint256 indexed nonce, uint8 digit, bytes32 inputCommitment);

    /// @notice There is no open request with this nonce: it was never made, or it is answered.
    error RequestNotOpen(uint256 nonce, Status status);

    /// @notice The proof is about another picture than the one asked about.
    error WrongPicture(bytes30 expected, bytes32 actual);

    /// @notice Asks for a classification.
    /// @param inputCommitment Commitment to the picture, or zero to let the deliverer choose it.
    /// @return nonce The request's number, which the proof must name.
    function request(bytes32 inputCommitment) external returns (uint256 nonce);

    /// @notice Delivers the proven answer to the request that `inference.nonce` names. Anyone may.
    /// @return digit The proven digit.
    function accept(IInferenceVerifier.Inference calldata inference) external returns (uint8 digit);

    /// @notice A request and its answer.
    function getRequest(uint256 nonce) external view returns (Request memory);

    /// @notice How many requests there are; nonces run from 0.
    function requestCount() external view returns (uint256);
}
