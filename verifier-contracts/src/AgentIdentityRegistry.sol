// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAgentIdentityRegistry} from "./interfaces/IAgentIdentityRegistry.sol";
import {IERC8004IdentityRegistry} from "./interfaces/IERC8004IdentityRegistry.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Identities of agents
/// @dev See {IAgentIdentityRegistry}. A wallet consents by the EIP-712 message that the canonical registries take:
///      AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline), domain
///      "ERC8004IdentityRegistry", version "1", at most five minutes ahead. It has no nonce: within those minutes the
///      same owner may set the same wallet again, which is all that a repetition can do.
///      Minting calls nobody: a contract that registers is taken to be able to hold what it asks for.
contract AgentIdentityRegistry is ERC721URIStorage, EIP712, IAgentIdentityRegistry {
    uint256 private constant LONGEST_CONSENT = 5 minutes;
    string private constant WALLET_KEY = "agentWallet";
    bytes32 private constant WALLET_KEY_HASH = keccak256("agentWallet");
    bytes32 private constant WALLET_TYPE_HASH =
        keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)");

    /// @notice How many agents were registered.
    uint256 public agentCount;

    mapping(uint256 agentId => mapping(string metadataKey => bytes)) private _metadata;

    constructor() ERC721("Agent identity", "AGENT") EIP712("ERC8004IdentityRegistry", "1") {}

    modifier onlyOperator(uint256 agentId) {
        if (!_isAuthorized(_requireOwned(agentId), msg.sender, agentId)) {
            revert NotAgentOperator(agentId, msg.sender);
        }
        _;
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function register(string calldata agentURI, MetadataEntry[] calldata metadata)
        external
        returns (uint256 agentId)
    {
        agentId = _register();
        _setTokenURI(agentId, agentURI);
        for (uint256 i; i < metadata.length; ++i) {
            _requireFree(metadata[i].metadataKey);
            _set(agentId, metadata[i].metadataKey, metadata[i].metadataValue);
        }
        emit Registered(agentId, agentURI, msg.sender);
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function register(string calldata agentURI) external returns (uint256 agentId) {
        agentId = _register();
        _setTokenURI(agentId, agentURI);
        emit Registered(agentId, agentURI, msg.sender);
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function register() external returns (uint256 agentId) {
        agentId = _register();
        emit Registered(agentId, "", msg.sender);
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function setAgentURI(uint256 agentId, string calldata newURI) external onlyOperator(agentId) {
        _setTokenURI(agentId, newURI);
        emit URIUpdated(agentId, newURI, msg.sender);
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function setMetadata(uint256 agentId, string memory metadataKey, bytes memory metadataValue)
        external
        onlyOperator(agentId)
    {
        _requireFree(metadataKey);
        _set(agentId, metadataKey, metadataValue);
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes calldata signature)
        external
        onlyOperator(agentId)
    {
        if (block.timestamp > deadline || deadline > block.timestamp + LONGEST_CONSENT) {
            revert DeadlineInvalid(deadline);
        }
        bytes32 digest =
            _hashTypedDataV4(keccak256(abi.encode(WALLET_TYPE_HASH, agentId, newWallet, ownerOf(agentId), deadline)));
        if (!SignatureChecker.isValidSignatureNowCalldata(newWallet, digest, signature)) {
            revert WalletNotConsenting(newWallet);
        }
        _set(agentId, WALLET_KEY, abi.encodePacked(newWallet));
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function unsetAgentWallet(uint256 agentId) external onlyOperator(agentId) {
        _set(agentId, WALLET_KEY, "");
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function getAgentWallet(uint256 agentId) external view returns (address) {
        _requireOwned(agentId);
        return address(bytes20(_metadata[agentId][WALLET_KEY]));
    }

    /// @inheritdoc IERC8004IdentityRegistry
    function getMetadata(uint256 agentId, string memory metadataKey) external view returns (bytes memory) {
        _requireOwned(agentId);
        return _metadata[agentId][metadataKey];
    }

    /// @dev The wallet was the old owner's word.
    function _update(address to, uint256 agentId, address auth) internal override returns (address from) {
        from = super._update(to, agentId, auth);
        if (from != address(0)) _set(agentId, WALLET_KEY, "");
    }

    function _register() private returns (uint256 agentId) {
        agentId = ++agentCount;
        _mint(msg.sender, agentId);
        _set(agentId, WALLET_KEY, abi.encodePacked(msg.sender));
    }

    function _set(uint256 agentId, string memory key, bytes memory value) private {
        _metadata[agentId][key] = value;
        emit MetadataSet(agentId, key, key, value);
    }

    function _requireFree(string memory key) private pure {
        if (keccak256(bytes(key)) == WALLET_KEY_HASH) revert ReservedKey();
    }
}
