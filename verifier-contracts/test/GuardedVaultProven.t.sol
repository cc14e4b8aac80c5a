// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedVault} from "../src/GuardedVault.sol";
import {IERCZKMLVerifier} from "../src/interfaces/IERCZKMLVerifier.sol";
import {IGuardedVault} from "../src/interfaces/IGuardedVault.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Fixtures} from "./utils/Fixtures.sol";
import {HostileStrategy} from "./utils/HostileStrategy.sol";
import {Vault} from "./utils/Vault.sol";
import {VerifierDeployed} from "./utils/VerifierDeployed.sol";
import {VerifierDouble} from "./utils/VerifierDouble.sol";
import {vm} from "./utils/Vm.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @title A vault moved by real proofs of strategy-outlook
abstract contract ProvenVault is Vault, VerifierDeployed {
    using Fixtures for string;

    uint256 internal constant FUNDS = 1000 * UNIT;
    string internal fixtures = vm.readFile("verifier-contracts/test/fixtures/vault.json");
    address internal modelOwner = address(0x0123);

    function setUp() public {
        vm.warp(NOW);
        market();
        deployVerifier();
        publish(modelOwner, vm.parseJsonBytes(fixtures, ".key"), 1, 1);
        IGuardedVault.Terms memory terms = termsFor(address(verifier));
        terms.one = int32(int256(vm.parseJsonUint(fixtures, ".one")));
        startDeployment(2);
        vault = new GuardedVault("Guarded vault", "GUARD", token, listed(), terms);
        vm.stopPrank();
        assertEq(address(vault), vm.parseJsonAddress(fixtures, ".vault"), "contract's address");
        deposit(alice, FUNDS);
        usual();
    }

    function fixture(string memory name) internal view returns (IInferenceVerifier.Inference memory) {
        return fixtures.inferenceAt(string.concat(".", name));
    }

    /// @dev Round 4, as vault-fixtures.ts plays it.
    function usual() internal {
        day(4, -4, 12);
        day(28, 4, -20);
        day(60, -12, 12);
        day(44, 12, -28);
    }

    /// @dev Four rounds later: the first strategy only rises.
    function tempting() internal {
        day(260, -140, -84);
        day(284, -124, -60);
        day(300, -156, -92);
        day(268, -100, -76);
    }
}

/// @title What the model says is done as far as the limits allow, and nothing else is done
contract GuardedVaultProvenTest is ProvenVault {
    /// @dev The features that TypeScript computed are those of the contract, else the proof would be refused.
    function test_provenProposalMovesMoney() public {
        IInferenceVerifier.Inference memory proof = fixture("usual");
        (uint256 strategy, bool into, uint256 amount) = vault.execute(proof);
        assertEq(strategy, 0, "the one that rises");
        assertTrue(into, "into");
        assertEq(amount, FUNDS / 10, "a tenth of the whole");
        assertTrue(proposed(proof) > 1000, "the model wanted more");
    }

    function test_provenAllInIsCapped() public {
        vault.execute(fixture("usual"));
        tempting();
        IInferenceVerifier.Inference memory proof = fixture("tempting");
        assertTrue(proposed(proof) > 7500, "as much as the model ever wants");
        (uint256 strategy, bool into, uint256 amount) = vault.execute(proof);
        assertEq(strategy, 0, "strategy");
        assertTrue(into, "into");
        assertTrue(amount <= FUNDS / 10, "a tenth again");
        assertTrue(token.balanceOf(address(vault)) >= FUNDS * 8 / 10, "the rest stays");
    }

    function test_attackReplayedProof() public {
        IInferenceVerifier.Inference memory proof = fixture("usual");
        vault.execute(proof);
        later(4 hours);
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.StaleRound.selector, 5, 4));
        vault.execute(proof);
    }

    /// @dev Whoever copies the call makes the move that the vault would have made, and gets nothing.
    function test_attackCopiedCalldata() public {
        IInferenceVerifier.Inference memory proof = fixture("usual");
        vm.prank(mallory);
        vault.execute(proof);
        assertNear(held(0), FUNDS / 10, "the same move");
        assertEq(token.balanceOf(mallory), 0, "nothing for the copier");
    }

    function test_attackStaleObservations() public {
        day(0, 0, 0);
        IInferenceVerifier.Inference memory proof = fixture("usual");
        vm.expectRevert(abi.encodeWithSelector(IGuardedVault.StaleRound.selector, 5, 4));
        vault.execute(proof);
    }

    function test_attackOtherPrices() public {
        vault.execute(fixture("usual"));
        tempting();
        IInferenceVerifier.Inference memory proof = fixture("otherPrices");
        vm.expectRevert(
            abi.encodeWithSelector(IGuardedVault.StaleFeatures.selector, vault.features(), proof.statement[0])
        );
        vault.execute(proof);
    }

    function test_attackForgeries() public {
        IInferenceVerifier.Inference memory forged = fixture("usual");
        forged.statement[1] ^= 1;
        expectInvalid(forged);
        forged = fixture("tempting");
        forged.nonce = 4;
        forged.statement[0] = vault.features();
        expectInvalid(forged);
        expectInvalid(fixture("otherChain"));
        forged = fixture("otherContract");
        forged.requester = address(vault);
        expectInvalid(forged);
        forged = fixture("usual");
        forged.statement[1] += Bn254.R;
        vm.expectRevert(IInferenceVerifier.SignalOutOfField.selector);
        vault.execute(forged);
    }

    function test_attackProofForAnotherContract() public {
        IInferenceVerifier.Inference memory foreign = fixture("otherContract");
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceVerifier.NotRequester.selector, foreign.requester, address(vault))
        );
        vault.execute(foreign);
    }

    /// @dev Without a model nothing moves, and everybody leaves.
    function test_attackRevokedVersion() public {
        vault.execute(fixture("usual"));
        tempting();
        setStatus(IModelRegistry.VersionStatus.Revoked);
        IInferenceVerifier.Inference memory proof = fixture("tempting");
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceVerifier.VersionRefused_Revoked.selector, uint256(1), uint32(1))
        );
        vault.execute(proof);
        assertTrue(redeem(alice, vault.balanceOf(alice)) >= FUNDS, "with her gain");
    }

    function test_deprecationStrandsNobody() public {
        setStatus(IModelRegistry.VersionStatus.Deprecated);
        vault.execute(fixture("usual"));
    }

    /// @dev The share of the whole that a proof proposes for strategy 0, in ten-thousandths.
    function proposed(IInferenceVerifier.Inference memory proof) private view returns (uint256) {
        return uint256(uint32(proof.statement[1])) * 10_000 / uint256(int256(vault.terms().one));
    }

    function expectInvalid(IInferenceVerifier.Inference memory forged) private {
        vm.expectRevert(IERCZKMLVerifier.InvalidProof.selector);
        vault.execute(forged);
    }
}

/// @title What each step costs, as transactions of their own
/// forge-config: default.isolate = true
contract GuardedVaultGasTest is ProvenVault {
    function test_provenMove() public {
        deposit(bob, FUNDS);
        measured("deposit");
        later(1 days);
        vault.observe();
        measured("observe 3 strategies");
    }

    function test_execute() public {
        vault.execute(fixture("usual"));
        measured("execute, into a strategy");
        uint256 half = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        vault.redeem(half, alice, alice);
        measured("redeem, from one strategy");
    }

    /// @dev What needs no proof, over a verifier that believes everything.
    function test_othersWithoutTheProof() public {
        vm.warp(NOW);
        HostileStrategy hostile = new HostileStrategy(token);
        IERC4626[] memory list = listed();
        list[1] = hostile;
        vault = new GuardedVault("Guarded vault", "GUARD", token, list, termsFor(address(new VerifierDouble())));
        deposit(alice, FUNDS);
        settle();
        for (uint256 i; i < 5; ++i) {
            vault.execute(targets(400, 100, 0));
            later(12 hours);
        }
        token.mint(bob, FUNDS);
        vm.prank(bob);
        token.approve(address(vault), FUNDS);
        vm.prank(bob);
        vault.mint(1e6 * UNIT, bob);
        measured("mint");
        vm.prank(bob);
        vault.deposit(UNIT, bob, 1);
        measured("deposit, of shares at least");
        hostile.setMode(HostileStrategy.Mode.Reverts);
        uint256 half = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        vault.redeem(half, alice, alice);
        measured("redeem, one of two in kind");
        hostile.setMode(HostileStrategy.Mode.Honest);
        vm.prank(alice);
        vault.claim(1, alice);
        measured("claim");
        vault.execute(targets(300, 100, 0));
        measured("execute, out of a strategy, but for the proof");
        later(1 days);
        shift(0, -5000);
        vault.observe();
        vault.retreat(0);
        measured("retreat");
    }

    function measured(string memory name) private {
        vm.snapshotGasLastCall("GuardedVault", name);
    }
}
