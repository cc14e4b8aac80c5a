// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title ERC-8004's Validation Registry: agents ask validators to check their work, validators answer
/// @dev Functions, events and parameter names as in https://eips.ethereum.org/EIPS/eip-8004. The text gives no ERC-165
///      id.
interface IERC8004ValidationRegistry {
    /// @notice An agent asks a validator.
    event ValidationRequest(
        address indexed validatorAddress, uint256 indexed agentId, string requestURI, bytes32 indexed requestHash
    );

    /// @notice A validator answered.
    event ValidationResponse(
        address indexed validatorAddress,
        uint256 indexed agentId,
        bytes32 indexed requestHash,
        uint8 response,
        string responseURI,
        bytes32 responseHash,
        string tag
    );

    /// @notice The Identity Registry whose agents ask.
    function getIdentityRegistry() external view returns (address identityRegistry);

    /// @notice Asks a validator. The agent's owner or operator only.
    /// @param requestURI Where everything is that the validator needs.
    /// @param requestHash keccak256 of that, which names the request.
    function validationRequest(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) external;

    /// @notice Answers a request. The validator who was asked only, as often as it likes.
    /// @param response 0 (failed) to 100 (passed).
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external;

    /// @notice The request and its last answer.
    function getValidationStatus(bytes32 requestHash)
        external
        view
        returns (
            address validatorAddress,
            uint256 agentId,
            uint8 response,
            bytes32 responseHash,
            string memory tag,
            uint256 lastUpdate
        );

    /// @notice How many requests of an agent were answered, and their mean; by these validators and with this tag,
    ///         or any where they are empty.
    function getSummary(uint256 agentId, address[] calldata validatorAddresses, string calldata tag)
        external
        view
        returns (uint64 count, uint8 averageResponse);

    /// @notice All requests of an agent.
    function getAgentValidations(uint256 agentId) external view returns (bytes32[] memory requestHashes);

    /// @notice All requests to a validator.
    function getValidatorRequests(address validatorAddress) external view returns (bytes32[] memory requestHashes);
}
