// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAgentValidationRegistry} from "./interfaces/IAgentValidationRegistry.sol";
import {IERC8004ValidationRegistry} from "./interfaces/IERC8004ValidationRegistry.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @title Validations of agents' work
/// @dev See {IAgentValidationRegistry}. It calls nobody but the identity registry, to read.
contract AgentValidationRegistry is IAgentValidationRegistry {
    struct Validation {
        address validator;
        uint8 response;
        bool answered;
        uint48 lastUpdate;
        uint256 agentId;
        bytes32 responseHash;
        string tag;
    }

    uint8 private constant PASSED = 100;

    IERC721 private immutable _identities;

    mapping(bytes32 requestHash => Validation) private _validations;
    mapping(uint256 agentId => bytes32[]) private _ofAgent;
    mapping(address validator => bytes32[]) private _ofValidator;

    /// @param identityRegistry Whose agents ask, for good: the text's `initialize` is for upgradeable contracts.
    constructor(IERC721 identityRegistry) {
        _identities = identityRegistry;
    }

    /// @inheritdoc IERC8004ValidationRegistry
    function getIdentityRegistry() external view returns (address identityRegistry) {
        return address(_identities);
    }

    /// @inheritdoc IERC8004ValidationRegistry
    function validationRequest(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) external {
        if (!_isOperator(agentId, msg.sender)) {
            revert NotAgentOperator(agentId, msg.sender);
        }
        if (validatorAddress == address(0)) revert ValidatorMissing();
        Validation storage validation = _validations[requestHash];
        if (validation.validator != address(0)) revert RequestExists(requestHash);
        validation.validator = validatorAddress;
        validation.agentId = agentId;
        validation.lastUpdate = uint48(block.timestamp);
        _ofAgent[agentId].push(requestHash);
        _ofValidator[validatorAddress].push(requestHash);
        emit ValidationRequest(validatorAddress, agentId, requestURI, requestHash);
    }

    /// @inheritdoc IERC8004ValidationRegistry
    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external {
        Validation storage validation = _requested(requestHash);
        if (msg.sender != validation.validator) revert NotValidator(requestHash, msg.sender);
        if (response > PASSED) revert ResponseTooHigh(response);
        validation.response = response;
        validation.answered = true;
        validation.lastUpdate = uint48(block.timestamp);
        validation.responseHash = responseHash;
        validation.tag = tag;
        emit ValidationResponse(msg.sender, validation.agentId, requestHash, response, responseURI, responseHash, tag);
    }

    /// @inheritdoc IERC8004ValidationRegistry
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
        )
    {
        Validation storage v = _requested(requestHash);
        return (v.validator, v.agentId, v.response, v.responseHash, v.tag, v.lastUpdate);
    }

    /// @inheritdoc IERC8004ValidationRegistry
    function getSummary(uint256 agentId, address[] calldata validatorAddresses, string calldata tag)
        external
        view
        returns (uint64 count, uint8 averageResponse)
    {
        bytes32[] storage hashes = _ofAgent[agentId];
        bytes32 tagHash = keccak256(bytes(tag));
        uint256 sum;
        for (uint256 i; i < hashes.length; ++i) {
            Validation storage validation = _validations[hashes[i]];
            if (!validation.answered) continue;
            if (validatorAddresses.length != 0 && !_includes(validatorAddresses, validation.validator)) continue;
            if (bytes(tag).length != 0 && keccak256(bytes(validation.tag)) != tagHash) continue;
            sum += validation.response;
            ++count;
        }
        if (count != 0) averageResponse = uint8(sum / count);
    }

    /// @inheritdoc IERC8004ValidationRegistry
    function getAgentValidations(uint256 agentId) external view returns (bytes32[] memory requestHashes) {
        return _ofAgent[agentId];
    }

    /// @inheritdoc IERC8004ValidationRegistry
    function getValidatorRequests(address validatorAddress) external view returns (bytes32[] memory requestHashes) {
        return _ofValidator[validatorAddress];
    }

    function _requested(bytes32 requestHash) private view returns (Validation storage validation) {
        validation = _validations[requestHash];
        if (validation.validator == address(0)) revert RequestNotFound(requestHash);
    }

    function _isOperator(uint256 agentId, address caller) private view returns (bool) {
        address owner = _identities.ownerOf(agentId);
        return
            caller == owner || _identities.isApprovedForAll(owner, caller)
                || _identities.getApproved(agentId) == caller;
    }

    function _includes(address[] calldata addresses, address wanted) private pure returns (bool) {
        for (uint256 i; i < addresses.length; ++i) {
            if (addresses[i] == wanted) return true;
        }
        return false;
    }
}
