// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC7007Enumerable} from "./IERC7007Enumerable.sol";

/// @title Pictures of digits, minted with the proof that a model made them
/// @notice An ERC-721 and ERC-7007 token. Who wants the picture of a latent claims it unseen (`claim`), has it proven,
///         and mints it when the claim is old enough. `addAigcData` is what mints: anyone may send it, the token goes to
///         the minter whom the proof names, and content never changes. There is one token a latent.
/// @dev prompt: the latent as 16 hex digits in lower case, two for each of its eight integers minus the lower end of
///      their range. aigcData: the picture, one byte a pixel, rows from the top. tokenId: uint256(keccak256(prompt)).
///      proof: 320 bytes, abi.encode(uint256[8] points, address minter, bytes32 salt); the points as in
///      {IInferenceVerifier.Inference}, made for this contract as requester and the claim's id as nonce.
interface IGeneratedDigits is IERC7007Enumerable {
    /// @notice Somebody claimed a prompt; whose and which is not told before it is minted.
    event PromptClaimed(bytes32 indexed claimId, uint256 claimedAt);

    /// @notice The registry has no such version, it is revoked, or its proofs do not state one word of inputs and
    ///         a picture of this size.
    error VersionUnfit(uint256 modelId, uint32 version);

    /// @notice The prompt is not 16 hex digits in lower case.
    error PromptMalformed();

    /// @notice The picture does not have one byte a pixel.
    error PictureLengthWrong(uint256 expected, uint256 actual);

    /// @notice The proof is not 320 bytes, or does not name a minter.
    error ProofMalformed();

    /// @notice The token's number is not the hash of the prompt.
    error TokenIdWrong(uint256 expected, uint256 actual);

    /// @notice The prompt's token exists.
    error PromptTaken(uint256 tokenId);

    /// @notice This claim was never made, or is used.
    error ClaimMissing(bytes32 claimId);

    /// @notice The claim cannot be used before this time, in seconds.
    error ClaimTooYoung(bytes32 claimId, uint256 usableAt);

    /// @notice Records a claim. Anyone may record it; it serves its minter alone. Recording it again changes nothing.
    /// @param claimId As `claimIdOf` gives it.
    function claim(bytes32 claimId) external;

    /// @notice Hides who claims which prompt: keccak256(abi.encode(minter, keccak256(prompt), salt)).
    /// @param salt 32 bytes drawn at random; who can guess it can look for the prompt.
    function claimIdOf(address minter, bytes calldata prompt, bytes32 salt) external pure returns (bytes32);

    /// @notice When a claim was recorded, in seconds; zero if it never was, or is used.
    function claimedAt(bytes32 claimId) external view returns (uint256);

    /// @notice How old a claim must be before it can be used, in seconds.
    function claimDelay() external view returns (uint256);

    /// @notice The picture of a token, one byte a pixel: 0 is black, 255 white.
    function aigcData(uint256 tokenId) external view returns (bytes memory);

    /// @notice Width and height of a picture, in pixels.
    function side() external view returns (uint256);
}
