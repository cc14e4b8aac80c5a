// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {InferenceVerifier} from "../src/InferenceVerifier.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {Bn254} from "../src/libraries/Bn254.sol";
import {Deployed} from "./utils/Deployed.sol";
import {vm} from "./utils/Vm.sol";

/// @title Everything that someone may try with sixteen proofs, good and bad
contract Consumers {
    uint256 public constant PROOFS = 16;
    mapping(uint256 nonce => uint256) public acceptances;
    InferenceVerifier private immutable _verifier;
    address private immutable _consumer;
    IInferenceVerifier.Inference[] private _proofs;

    constructor(InferenceVerifier verifier, address consumer, IInferenceVerifier.Inference[] memory proofs) {
        (_verifier, _consumer) = (verifier, consumer);
        for (uint256 i; i < proofs.length; ++i) {
            _proofs.push(proofs[i]);
        }
    }

    function consume(uint256 index, uint8 mutation, address sender) external {
        IInferenceVerifier.Inference memory inference = _mutated(index, mutation);
        vm.prank(mutation % 8 == 7 ? sender : _consumer);
        try _verifier.consume(1, 1, inference) {
            acceptances[inference.nonce]++;
        } catch {}
    }

    function consumeBatch(uint256 first, uint256 second, uint8 mutation) external {
        IInferenceVerifier.Inference[] memory batch = _pair(first, second, mutation);
        vm.prank(_consumer);
        try _verifier.consumeBatch(1, 1, batch) {
            acceptances[batch[0].nonce]++;
            acceptances[batch[1].nonce]++;
        } catch {}
    }

    function consumeEach(uint256 first, uint256 second, uint8 mutation) external {
        IInferenceVerifier.Inference[] memory batch = _pair(first, second, mutation);
        vm.prank(_consumer);
        IInferenceVerifier.Verdict[] memory verdicts = _verifier.consumeEach(1, 1, batch);
        for (uint256 i; i < 2; ++i) {
            if (verdicts[i] == IInferenceVerifier.Verdict.Valid) acceptances[batch[i].nonce]++;
        }
    }

    function _pair(uint256 first, uint256 second, uint8 mutation)
        private
        view
        returns (IInferenceVerifier.Inference[] memory batch)
    {
        batch = new IInferenceVerifier.Inference[](2);
        (batch[0], batch[1]) = (_mutated(first, 0), _mutated(second, mutation));
    }

    /// @dev Half of them as they are; others re-randomised, claimed for another nonce, changed.
    function _mutated(uint256 index, uint8 mutation)
        private
        view
        returns (IInferenceVerifier.Inference memory inference)
    {
        inference = _proofs[index % PROOFS];
        mutation %= 8;
        if (mutation == 4) {
            inference.proof[1] = Bn254.Q - inference.proof[1];
            inference.proof[4] = Bn254.Q - inference.proof[4];
            inference.proof[5] = Bn254.Q - inference.proof[5];
        }
        if (mutation == 5) inference.nonce += 1;
        if (mutation == 6) inference.statement[0] += 1;
    }
}

/// @title Each nonce ends at most once, whatever is tried
contract NonceInvariantTest is Deployed {
    Consumers private _consumers;

    function setUp() public override {
        super.setUp();
        _consumers = new Consumers(verifier, consumer, fixtureBatch(0, 16));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_consumers);
    }

    function invariant_eachNonceIsAcceptedAtMostOnce() public view {
        for (uint256 nonce; nonce <= 16; ++nonce) {
            uint256 count = _consumers.acceptances(nonce);
            assertTrue(count <= 1, "accepted at most once");
            assertTrue(verifier.isNonceSpent(consumer, nonce) == (count == 1), "spent exactly when accepted");
        }
    }
}
