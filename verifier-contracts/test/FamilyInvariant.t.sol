// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ModelFamily} from "../src/ModelFamily.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {IModelFamily} from "../src/interfaces/IModelFamily.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {EvaluationsDouble} from "./utils/EvaluationsDouble.sol";
import {Governed} from "./utils/Governed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Votes, guardians, owners of candidates and strangers, in any order
contract FamilyActors {
    ModelFamily private immutable _family;
    ModelRegistry private immutable _registry;
    EvaluationsDouble private immutable _said;
    bytes32 private immutable _testSet;

    /// @dev Versions that came by a vote, or by falling back on one that did.
    mapping(uint32 version => bool) public isLegitimate;
    uint256 public adoptions;
    uint256 public restorations;
    uint256 public voids;

    constructor(ModelFamily family, ModelRegistry registry, EvaluationsDouble said, bytes32 testSet) {
        (_family, _registry, _said, _testSet) = (family, registry, said, testSet);
        isLegitimate[1] = true;
    }

    function adopt(uint256 which, uint256 correct) external {
        uint256 modelId = 1 + which % 3;
        _said.say(modelId, 1, _testSet, uint32(correct % 9), 8);
        IModelFamily.Candidate memory named = IModelFamily.Candidate(modelId, 1, _family.contentHashOf(modelId, 1));
        if (which % 16 == 7) named.contentHash ^= bytes32(uint256(1));
        vm.prank(_family.governance());
        try _family.adopt(named) returns (uint32 version) {
            isLegitimate[version] = true;
            ++adoptions;
        } catch {}
    }

    function deprecate(uint256 which) external {
        _retire(_family.guardian(), abi.encodeCall(IModelFamily.deprecate, (_version(which))));
    }

    function retire(uint256 which) external {
        IModelRegistry.VersionStatus status = IModelRegistry.VersionStatus(2 + which % 2);
        _retire(_family.governance(), abi.encodeCall(IModelFamily.retire, (_version(which >> 1), status)));
    }

    function intrude(uint256 which, address by) external {
        if (by == _family.governance() || by == _family.guardian() || by == address(_family)) return;
        uint32 version = _version(which);
        bytes[4] memory calls = [
            abi.encodeCall(IModelFamily.deprecate, (version)),
            abi.encodeCall(IModelFamily.retire, (version, IModelRegistry.VersionStatus.Revoked)),
            abi.encodeCall(IModelFamily.setGuardian, (by)),
            abi.encodeCall(IModelFamily.adopt, (IModelFamily.Candidate(1, 1, 0)))
        ];
        vm.prank(by);
        (bool done,) = address(_family).call(calls[which % 4]);
        require(!done, "a stranger's power");
    }

    function _version(uint256 which) private view returns (uint32) {
        uint32 newest = _registry.currentVersion(_family.modelId());
        return which % 2 == 0 ? newest : uint32(which % (uint256(newest) + 2));
    }

    function _retire(address by, bytes memory data) private {
        uint32 before = _registry.currentVersion(_family.modelId());
        vm.prank(by);
        (bool done,) = address(_family).call(data);
        if (!done) return;
        uint32 afterwards = _registry.currentVersion(_family.modelId());
        if (afterwards == before) {
            ++voids;
            return;
        }
        // It came back from a version that was legitimate and active, with the same origin.
        uint32 predecessor = _family.originOf(before).predecessor;
        require(isLegitimate[predecessor], "came from nowhere");
        require(
            keccak256(abi.encode(_family.originOf(afterwards)))
                == keccak256(abi.encode(_family.originOf(predecessor))),
            "not the predecessor"
        );
        isLegitimate[afterwards] = true;
        ++restorations;
    }
}

/// @title Whatever happens, the current version is active and came by a vote
contract FamilyInvariantTest is Governed {
    FamilyActors private _actors;

    function setUp() public override {
        super.setUp();
        EvaluationsDouble said = new EvaluationsDouble();
        said.say(CURRENT, 1, testSetId(), 6, 8);
        family = newFamily(said);
        familyModel = family.modelId();
        _actors = new FamilyActors(family, registry, said, testSetId());
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actors);
    }

    function invariant_theCurrentVersionIsActiveAndCameByAVote() public view {
        uint32 newest = registry.currentVersion(familyModel);
        assertTrue(_actors.isLegitimate(newest), "legitimate");
        bool active = registry.infoOf(familyModel, newest).status == IModelRegistry.VersionStatus.Active;
        try family.current() returns (uint256, uint32 version) {
            assertTrue(active, "active");
            assertEq(version, newest, "the registry's");
        } catch {
            assertFalse(active, "none is active");
        }
        assertEq(registry.ownerOf(familyModel), address(family), "holder");
    }

    function test_theActorsDoEverything() public {
        for (uint256 i = 1; i < 300; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            _actors.adopt(seed, seed >> 8);
            _actors.adopt(seed >> 16, seed >> 24);
            if (i % 2 == 0) _actors.deprecate(seed >> 32);
            else _actors.retire(seed >> 32);
            _actors.intrude(seed >> 40, address(uint160(seed)));
            invariant_theCurrentVersionIsActiveAndCameByAVote();
        }
        assertTrue(_actors.adoptions() > 20 && _actors.restorations() > 20 && _actors.voids() > 20, "each way");
    }
}
