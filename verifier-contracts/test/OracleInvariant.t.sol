// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {InferenceOracle} from "../src/InferenceOracle.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Asker, BombingAsker, ReentrantAsker, RevertingAsker} from "./utils/Askers.sol";
import {NamedProofs} from "./utils/NamedProofs.sol";
import {OracleWithRoyalties} from "./utils/OracleDeployed.sol";
import {RoyaltyRegistry} from "./utils/RoyaltyRegistry.sol";
import {vm} from "./utils/Vm.sol";

/// @title Everything that askers, provers and a model's holder may try, in any order
contract OracleActors {
    uint256 public constant OPEN = 6;
    InferenceOracle private immutable _oracle;
    RoyaltyRegistry private immutable _registry;
    address private immutable _owner;
    address[] private _accounts;
    uint256[] private _openIds;
    mapping(uint256 requestId => uint256) private _ends;
    mapping(uint256 requestId => uint256) private _inputs;

    uint256 public mostEnds;

    constructor(InferenceOracle oracle, RoyaltyRegistry registry, address owner) payable {
        (_oracle, _registry, _owner) = (oracle, registry, owner);
        _accounts.push(address(new Asker{value: 1000 ether}(oracle)));
        _accounts.push(address(new RevertingAsker{value: 1000 ether}(oracle)));
        _accounts.push(address(new ReentrantAsker{value: 1000 ether}(oracle)));
        _accounts.push(address(new BombingAsker{value: 1000 ether}(oracle)));
        _accounts.push(address(0x9001)); // provers
        _accounts.push(address(0x9002));
        _accounts.push(address(0x401d)); // the holder's receiver
    }

    function accounts() external view returns (address[] memory) {
        return _accounts;
    }

    function openIds() external view returns (uint256[] memory) {
        return _openIds;
    }

    function request(uint256 by, uint96 fee, uint256 wait, uint256 callback, bool otherModel) external {
        if (_openIds.length == OPEN) _end(0);
        fee %= 1 ether;
        IInferenceOracle.Question memory question;
        question.modelId = otherModel ? 2 : 1;
        question.version = 1;
        question.deadline = uint48(block.timestamp + wait % 1 hours);
        question.callbackGas = callback % 3 == 0 ? 0 : 400_000;
        question.input = new uint256[](1);
        question.input[0] = by;
        Asker asker = Asker(payable(_accounts[by % 4]));
        if (address(asker).balance < fee) return;
        try asker.ask(question, fee) returns (uint256 id) {
            _openIds.push(id);
            _inputs[id] = by;
        } catch {}
    }

    function fulfil(uint256 which, uint256 payee, uint256 mutation) external {
        IInferenceOracle.Fulfilment memory fulfilment = _fulfilment(which, payee, mutation);
        if (mutation % 4 == 3) _prepareThief(fulfilment);
        try _oracle.fulfil(fulfilment) {
            _count(fulfilment.requestId);
        } catch {}
        _sync();
    }

    function fulfilEach(uint256 first, uint256 second, uint256 payee, uint256 mutation) external {
        IInferenceOracle.Fulfilment[] memory batch = new IInferenceOracle.Fulfilment[](3);
        batch[0] = _fulfilment(first, payee, mutation);
        batch[1] = _fulfilment(second, payee >> 1, 0);
        batch[2] = _fulfilment(first, payee >> 2, 0);
        IInferenceOracle.Outcome[] memory outcomes = _oracle.fulfilEach(1, 1, batch);
        for (uint256 i; i < 3; ++i) {
            if (outcomes[i] == IInferenceOracle.Outcome.Fulfilled) _count(batch[i].requestId);
        }
        _sync();
    }

    function refund(uint256 which, uint256 wait) external {
        vm.warp(block.timestamp + wait % 20 minutes);
        _refund(_someId(which));
        _sync();
    }

    function redeliver(uint256 which) external {
        uint256 id = which % (_oracle.requestCount() + 1);
        RevertingAsker(payable(_accounts[1])).setWilling(which % 3 != 0);
        try _oracle.redeliver(id, _statement(id)) {} catch {}
        RevertingAsker(payable(_accounts[1])).setWilling(false);
        _sync();
    }

    function withdraw(uint256 by) external {
        address account = _accounts[by % _accounts.length];
        vm.prank(account);
        try _oracle.withdraw(account) {} catch {}
    }

    function change(uint256 bps, uint256 revoke) external {
        _registry.behave(RoyaltyRegistry.Manner.Answer, uint160(_accounts[6]), bps % 6000);
        if (revoke % 64 != 0) return;
        vm.prank(_owner);
        try _registry.setVersionStatus(2, 1, IModelRegistry.VersionStatus.Revoked) {} catch {}
    }

    function _fulfilment(uint256 which, uint256 payee, uint256 mutation)
        private
        view
        returns (IInferenceOracle.Fulfilment memory fulfilment)
    {
        uint256 id = _someId(which);
        uint96 most = _oracle.getRequest(id).maxFee;
        fulfilment.requestId = id;
        fulfilment.payee = _accounts[4 + payee % 2];
        fulfilment.fee = uint96(payee % (uint256(most) + 2));
        fulfilment.statement = _statement(id);
        fulfilment.proof[0] = _oracle.nonceOf(id, fulfilment.payee, fulfilment.fee);
        if (mutation % 8 == 4) fulfilment.payee = _accounts[6];
        if (mutation % 8 == 5) fulfilment.fee /= 2;
        if (mutation % 8 == 6) fulfilment.statement[0] ^= 1;
        if (mutation % 8 == 7) fulfilment.requestId = which % (_oracle.requestCount() + 1);
    }

    /// @dev Mostly an open request, now and then one of long ago.
    function _someId(uint256 which) private view returns (uint256) {
        if (_openIds.length == 0 || which % 8 == 0) return which % (_oracle.requestCount() + 1);
        return _openIds[which % _openIds.length];
    }

    function _statement(uint256 id) private view returns (uint256[] memory statement) {
        statement = new uint256[](2);
        (statement[0], statement[1]) = (_inputs[id], id);
    }

    function _prepareThief(IInferenceOracle.Fulfilment memory fulfilment) private {
        ReentrantAsker(payable(_accounts[2])).prepare(fulfilment);
    }

    function _refund(uint256 id) private {
        try _oracle.refund(id) {
            _count(id);
        } catch {}
    }

    function _end(uint256 index) private {
        uint256 deadline = _oracle.getRequest(_openIds[index]).deadline;
        if (block.timestamp <= deadline) vm.warp(deadline + 1);
        _refund(_openIds[index]);
        _sync();
    }

    function _count(uint256 id) private {
        if (++_ends[id] > mostEnds) mostEnds = _ends[id];
    }

    /// @dev Forgets the requests that ended, be it within a callback.
    function _sync() private {
        for (uint256 i = _openIds.length; i > 0; --i) {
            if (_oracle.getRequest(_openIds[i - 1]).status == IInferenceOracle.Status.Open) continue;
            _openIds[i - 1] = _openIds[_openIds.length - 1];
            _openIds.pop();
        }
    }
}

/// @title Money is neither made nor lost, and every request ends once
contract OracleInvariantTest is OracleWithRoyalties {
    OracleActors private _actors;
    InferenceOracle private _named;

    function setUp() public override {
        super.setUp();
        vm.prank(deployer);
        registry.publishModel(commitmentTo(otherKey), developmentTerms(), otherKey);
        NamedProofs naming = new NamedProofs(address(registry));
        _named = new InferenceOracle(IInferenceVerifier(address(naming)));
        vm.deal(address(this), 4000 ether);
        _actors = new OracleActors{value: 4000 ether}(_named, royalties(), deployer);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actors);
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 500
    /// forge-config: release.invariant.runs = 2000
    /// forge-config: release.invariant.depth = 500
    function invariant_balanceIsCreditsAndOpenEscrow() public view {
        uint256 owed;
        address[] memory accounts = _actors.accounts();
        for (uint256 i; i < accounts.length; ++i) {
            owed += _named.creditOf(accounts[i]);
        }
        uint256[] memory open = _actors.openIds();
        for (uint256 i; i < open.length; ++i) {
            owed += _named.getRequest(open[i]).maxFee;
        }
        assertEq(address(_named).balance, owed, "owed");
        assertTrue(_actors.mostEnds() <= 1, "each request ends once");
    }

    /// @dev The course of the actors does what it is meant to do: each way to end a request is gone.
    function test_theActorsEndRequestsInEveryWay() public {
        for (uint256 i = 1; i < 400; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            _actors.request(seed, uint96(seed >> 8), seed >> 16, seed >> 24, seed % 3 == 0);
            _actors.fulfil(seed >> 32, seed >> 40, seed >> 48);
            _actors.fulfilEach(seed >> 56, seed >> 64, seed >> 72, seed >> 80);
            _actors.refund(seed >> 88, seed >> 96);
            _actors.redeliver(seed >> 104);
            _actors.withdraw(seed >> 112);
            _actors.change(seed >> 120, seed >> 128);
            invariant_balanceIsCreditsAndOpenEscrow();
        }
        uint256[5] memory seen;
        for (uint256 id; id < _named.requestCount(); ++id) {
            seen[uint256(_named.getRequest(id).status)]++;
        }
        assertEq(seen[0], 0, "none");
        for (uint256 status = 2; status < 5; ++status) {
            assertTrue(seen[status] > 4, "each way");
        }
    }
}
