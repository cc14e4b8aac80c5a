// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GeneratedDigits} from "../../src/GeneratedDigits.sol";
import {InferenceVerifier} from "../../src/InferenceVerifier.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {IERCZKMLRegistry} from "../../src/interfaces/IERCZKMLRegistry.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {Assertions} from "./Assertions.sol";
import {vm} from "./Vm.sol";

/// @title GeneratedDigits at the addresses for which the fixtures' proofs are made
/// @notice `small` has pictures of 4 × 4 pixels, `real` those of the project's generator.
abstract contract Generated is Assertions {
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
    address internal deployer = vm.parseJsonAddress(fixtures, ".deployer");
    address internal minter = vm.parseJsonAddress(fixtures, ".minter");
    address internal modelOwner = address(0xa11ce);
    address internal rival = vm.parseJsonAddress(fixtures, ".rival");

    /// @dev Kept by hand: the compiler reads `block.timestamp` once a function.
    uint256 internal time = START;

    ModelRegistry internal registry;
    InferenceVerifier internal verifier;
    GeneratedDigits internal small;
    GeneratedDigits internal real;

    function setUp() public virtual {
        vm.warp(time);
        vm.setNonce(deployer, 0);
        vm.startPrank(deployer);
        registry = new ModelRegistry();
        vm.stopPrank();
        vm.setNonce(deployer, 1);
        vm.startPrank(deployer);
        verifier = new InferenceVerifier(registry);
        vm.stopPrank();
        _publish(".small.key", 3);
        _publish(".real.key", 112);
        vm.setNonce(deployer, 2);
        vm.startPrank(deployer);
        small = new GeneratedDigits(verifier, SMALL_MODEL, 1, 4, DELAY);
        vm.stopPrank();
        vm.setNonce(deployer, 3);
        vm.startPrank(deployer);
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
        registry.publishVersion(modelId, _commitmentTo(key), _terms(outputSignals), key);
    }

    function _publish(string memory path, uint16 outputSignals) private {
        bytes memory key = vm.parseJsonBytes(fixtures, path);
        vm.prank(modelOwner);
        registry.publishModel(_commitmentTo(key), _terms(outputSignals), key);
    }

    function _commitmentTo(bytes memory key) private pure returns (IERCZKMLRegistry.ModelCommitment memory) {
        return IERCZKMLRegistry.ModelCommitment({
            modelHash: keccak256("generator"),
            circuitHash: keccak256("circuit"),
            vkHash: keccak256(key),
            proofSystemId: bytes4(keccak256("groth16-bn254-v1")),
            uri: "ipfs://generator"
        });
    }

    function _terms(uint16 outputSignals) private pure returns (IModelRegistry.VersionTerms memory terms) {
        terms.inputSignals = 1;
        terms.outputSignals = outputSignals;
    }
}
