// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title ERC-3009: transfers of tokens that their holder authorised by a signature
/// @notice Signatures are EIP-712 typed data under the token's own domain: they hold on one chain for one token. Each
///         authorisation counts once, whoever submits it. Beside the standard's (v, r, s) each function takes
///         signature bytes, as USDC 2.2 does, for accounts that are contracts (ERC-1271).
interface IERC3009 {
    /// @notice A transfer was authorised and made; the token's next event is its `Transfer`.
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);

    /// @notice An authorisation will never be used.
    event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);

    /// @notice The authorisation holds only after `validAfter`, in seconds since 1970.
    error AuthorizationNotYetValid(uint256 validAfter);

    /// @notice The authorisation held only before `validBefore`, in seconds since 1970.
    error AuthorizationExpired(uint256 validBefore);

    /// @notice The authorisation was used or cancelled.
    error AuthorizationSpent(address authorizer, bytes32 nonce);

    /// @notice The signature is not the authorizer's, or is of something else.
    error InvalidAuthorization(address authorizer);

    /// @notice Only the payee may submit a `receiveWithAuthorization`.
    error CallerNotPayee(address caller, address payee);

    /// @notice Whether an authorisation was used or cancelled.
    function authorizationState(address authorizer, bytes32 nonce) external view returns (bool);

    /// @notice Moves tokens as `from` signed it; anyone may submit it.
    /// @param validAfter The time after which it holds, in seconds since 1970.
    /// @param validBefore The time before which it holds, in seconds since 1970.
    /// @param nonce Any 32 bytes that `from` did not use before; random ones are best.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice As above, with the signature as bytes: r, s, v, or whatever the contract `from` takes.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes memory signature
    ) external;

    /// @notice Moves tokens to the caller as `from` signed it: nobody can submit it before the payee does.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice As above, with the signature as bytes.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes memory signature
    ) external;

    /// @notice Makes an authorisation void that was not used.
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice As above, with the signature as bytes.
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes memory signature) external;
}
