// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GeneratedDigits} from "../../src/GeneratedDigits.sol";
import {VerifierDeployed} from "./VerifierDeployed.sol";
import {vm} from "./Vm.sol";

/// @title GeneratedDigits at the addresses for which the fixtures' proofs are made
/// @notice `small` has pictures of 4 × 4 pixels, `real` those of the project's generator.
abstract contract Generated is VerifierDeployed {
    /// @dev What `addAigcData` takes, and the claim that it needs.
    struct Mint {
        uint256 tokenId;
        bytes prompt;
        bytes picture;
        bytes proof;
        bytes32 claimId;
    }

    uint256 internal constant SMALL_MODEL = 1;
    uint256 internal constant REAL_MODEL = 2;
    uint256 internal constant DELAY = 120;
    uint256 internal constant START = 1_800_000_000;

    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/generated.json");
    address internal minter = vm.parseJsonAddress(fixtures, ".minter");
    address internal modelOwner = address(0xa11ce);
    address internal rival = vm.parseJsonAddress(fixtures, ".rival");

    /// @dev Kept by hand: the compiler reads `block.timestamp` once a function.
    uint256 internal time = START;

    GeneratedDigits internal small;
    GeneratedDigits internal real;

    function setUp() public virtual {
        vm.warp(time);
        deployVerifier();
        publish(modelOwner, vm.parseJsonBytes(fixtures, ".small.key"), 1, 3);
        publish(modelOwner, vm.parseJsonBytes(fixtures, ".real.key"), 1, 112);
        startDeployment(2);
        small = new GeneratedDigits(verifier, SMALL_MODEL, 1, 4, DELAY);
        vm.stopPrank();
        startDeployment(3);
        real = new GeneratedDigits(verifier, REAL_MODEL, 1, 28, DELAY);
        vm.stopPrank();
        assertEq(address(small), vm.parseJsonAddress(fixtures, ".small.address"), "address of small");
        assertEq(address(real), vm.parseJsonAddress(fixtures, ".real.address"), "address of real");
    }

    /// @dev A mint of the fixtures, by its JSON path.
    function mintAt(string memory path) internal view returns (Mint memory mint) {
        mint.prompt = bytes(vm.parseJsonString(fixtures, string.concat(path, ".prompt")));
        mint.tokenId = uint256(keccak256(mint.prompt));
        mint.picture = vm.parseJsonBytes(fixtures, string.concat(path, ".picture"));
        mint.proof = vm.parseJsonBytes(fixtures, string.concat(path, ".proof"));
        mint.claimId = vm.parseJsonBytes32(fixtures, string.concat(path, ".claimId"));
    }

    /// @dev Claims, and waits until the claim can be used.
    function claim(GeneratedDigits digits, Mint memory mint) internal {
        digits.claim(mint.claimId);
        pass(DELAY);
    }

    function pass(uint256 duration) internal {
        time += duration;
        vm.warp(time);
    }

    function add(GeneratedDigits digits, Mint memory mint) internal {
        digits.addAigcData(mint.tokenId, mint.prompt, mint.picture, mint.proof);
    }

    function verifies(GeneratedDigits digits, Mint memory mint) internal view returns (bool) {
        return digits.verify(mint.prompt, mint.picture, mint.proof);
    }

    function publishVersion(uint256 modelId, bytes memory key, uint16 outputSignals) internal {
        vm.prank(modelOwner);
        registry.publishVersion(modelId, commitmentTo(key), termsOf(1, outputSignals), key);
    }
}
