// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title ERC-8004's Identity Registry: an agent is an ERC-721 token whose URI leads to its registration file
/// @dev Functions, events and parameter names as in https://eips.ethereum.org/EIPS/eip-8004, beside ERC-721 and its
///      metadata. The text gives no ERC-165 id.
interface IERC8004IdentityRegistry {
    /// @notice A fact about an agent that is kept on chain.
    struct MetadataEntry {
        string metadataKey;
        bytes metadataValue;
    }

    /// @notice An agent was registered.
    event Registered(uint256 indexed agentId, string agentURI, address indexed owner);

    /// @notice The URI of an agent's registration file changed.
    event URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy);

    /// @notice A fact was set; the key `agentWallet` among them, with the address as 20 bytes or nothing.
    event MetadataSet(
        uint256 indexed agentId, string indexed indexedMetadataKey, string metadataKey, bytes metadataValue
    );

    /// @notice Registers an agent of the caller's; its wallet is the caller until it is set.
    function register(string calldata agentURI, MetadataEntry[] calldata metadata) external returns (uint256 agentId);

    /// @notice Registers an agent of the caller's without further facts.
    function register(string calldata agentURI) external returns (uint256 agentId);

    /// @notice Registers an agent of the caller's whose URI is set later.
    function register() external returns (uint256 agentId);

    /// @notice Sets where the registration file is. Owner or operator only.
    function setAgentURI(uint256 agentId, string calldata newURI) external;

    /// @notice A fact about an agent; empty if there is none.
    function getMetadata(uint256 agentId, string memory metadataKey) external view returns (bytes memory);

    /// @notice Sets a fact about an agent, any but `agentWallet`. Owner or operator only.
    function setMetadata(uint256 agentId, string memory metadataKey, bytes memory metadataValue) external;

    /// @notice Sets where the agent is paid. Owner or operator only; the new wallet agrees by its signature.
    function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes calldata signature) external;

    /// @notice Where the agent is paid; zero if nobody said so since its last transfer.
    function getAgentWallet(uint256 agentId) external view returns (address);

    /// @notice Forgets the wallet. Owner or operator only.
    function unsetAgentWallet(uint256 agentId) external;
}
