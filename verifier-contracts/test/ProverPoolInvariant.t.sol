// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ModelRegistry} from "../src/ModelRegistry.sol";
import {ProverPool} from "../src/ProverPool.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {IProverPool} from "../src/interfaces/IProverPool.sol";
import {NamedProofs} from "./utils/NamedProofs.sol";
import {Pooled} from "./utils/Pooled.sol";
import {vm} from "./utils/Vm.sol";

/// @title Everything that askers, provers, sponsors and a model's holder may try, in any order
/// @dev All accounts do all of it: each asks, proves and sponsors, itself and others.
contract PoolActors {
    uint256 public constant OPEN = 3;
    uint256 public constant ACCOUNTS = 3;
    ProverPool private immutable _pool;
    ModelRegistry private immutable _registry;
    address private immutable _holder;
    uint256[] private _live;
    uint256[2][] private _funded; // asker and epoch
    mapping(uint256 requestId => uint256) private _inputs;
    uint256[4] public ends; // answered by the taker, answered by others, missed, refunded
    uint256 public rewards;

    constructor(ProverPool pool, ModelRegistry registry, address holder) {
        (_pool, _registry, _holder) = (pool, registry, holder);
        for (uint256 i; i < ACCOUNTS; ++i) {
            vm.deal(account(i), 1000 ether);
        }
    }

    function account(uint256 which) public pure returns (address) {
        return address(uint160(0x9001 + which % ACCOUNTS));
    }

    /// @dev What the pool owes: credits, stakes, fees of requests that are not over, rewards that are left; and bonds of
    ///      requests that are taken, beside the stakes that are bonded.
    function held() external view returns (uint256 sum, uint256 bonds, uint256 bonded) {
        for (uint256 i; i < ACCOUNTS; ++i) {
            IProverPool.Stake memory stake = _pool.stakeOf(account(i));
            sum += _pool.creditOf(account(i)) + stake.free + stake.bonded + stake.unbonding;
            bonded += stake.bonded;
        }
        for (uint256 i; i < _live.length; ++i) {
            IProverPool.Request memory stored = _pool.getRequest(_live[i]);
            sum += stored.fee;
            if (stored.status == IProverPool.Status.Taken) bonds += stored.bond;
        }
        for (uint256 i; i < _funded.length; ++i) {
            sum += _pool.epochOf(address(uint160(_funded[i][0])), _funded[i][1]).fund;
        }
    }

    function request(uint256 by, uint256 fee, uint256 wait) external {
        if (_live.length == OPEN) _expire(0);
        IProverPool.Question memory asked;
        (asked.modelId, asked.version) = (1 + by % 2, 1);
        (asked.bond, asked.window) = (uint96(fee % 2 ether), uint32(1 + wait % 1200));
        asked.deadline = uint48(block.timestamp + wait % 1 hours);
        asked.input = new uint256[](1);
        asked.input[0] = by;
        vm.prank(account(by >> 1));
        try _pool.request{value: fee % 1 ether}(asked) returns (uint256 id) {
            _live.push(id);
            _inputs[id] = by;
        } catch {}
    }

    function stake(uint256 by, uint256 amount) external {
        vm.prank(account(by));
        if (amount % 3 == 0) {
            try _pool.unbond(uint128(amount % 3 ether)) {} catch {}
        } else if (amount % 3 == 1) {
            try _pool.collect() {} catch {}
        } else {
            try _pool.stake{value: amount % 3 ether}() {} catch {}
        }
    }

    function take(uint256 by, uint256 which) external {
        if (_live.length == 0) return;
        vm.prank(account(by));
        try _pool.take(_live[which % _live.length]) {} catch {}
    }

    function answer(uint256 which, uint256 payee, uint256 wait) external {
        if (_live.length == 0) return;
        vm.warp(block.timestamp + wait % 5 minutes);
        uint256 id = _live[which % _live.length];
        IProverPool.Request memory stored = _pool.getRequest(id);
        address paid = payee % 3 == 0 ? account(payee) : stored.taker;
        if (paid == address(0)) paid = account(payee);
        uint256[8] memory proof;
        proof[0] = payee % 16 == 5 ? 7 : _pool.nonceOf(id, paid);
        uint256[] memory statement = new uint256[](2);
        (statement[0], statement[1]) = (_inputs[id], payee);
        try _pool.answer(id, paid, proof, statement) {
            ++ends[stored.status == IProverPool.Status.Taken && block.timestamp <= stored.takenUntil ? 0 : 1];
        } catch {}
        _sync();
    }

    function slashOrRefund(uint256 which, uint256 wait) external {
        if (_live.length == 0) return;
        vm.warp(block.timestamp + wait % 20 minutes);
        uint256 id = _live[which % _live.length];
        try _pool.slash(id) {
            ++ends[2];
        } catch {}
        if (which % 2 == 0) {
            try _pool.refund(id) {
                ++ends[3];
            } catch {}
        }
        _sync();
    }

    function sponsor(uint256 by, uint256 asker, uint256 amount) external {
        uint256 epoch = _pool.currentEpoch() + amount % 2;
        vm.prank(account(by));
        try _pool.sponsor{value: amount % 1 ether}(account(asker), epoch) {
            _note(account(asker), epoch);
        } catch {}
    }

    function reward(uint256 by, uint256 which) external {
        if (_funded.length == 0) return;
        uint256[2] memory pair = _funded[which % _funded.length];
        vm.prank(account(by));
        try _pool.claim(address(uint160(pair[0])), pair[1]) {
            ++rewards;
        } catch {}
        vm.prank(account(by));
        try _pool.reclaim(address(uint160(pair[0])), pair[1]) {} catch {}
    }

    function withdraw(uint256 by, uint256 revoke) external {
        vm.prank(account(by));
        try _pool.withdraw(account(by)) {} catch {}
        if (revoke % 64 != 0) return;
        vm.prank(_holder);
        try _registry.setVersionStatus(2, 1, IModelRegistry.VersionStatus.Revoked) {} catch {}
    }

    /// @dev At most two funds at a time: the oldest is shared out, or given back, when its epoch is over.
    function _note(address asker, uint256 epoch) private {
        for (uint256 i; i < _funded.length; ++i) {
            if (address(uint160(_funded[i][0])) == asker && _funded[i][1] == epoch) return;
        }
        if (_funded.length == 2) _shareOut();
        _funded.push([uint256(uint160(asker)), epoch]);
    }

    function _shareOut() private {
        uint256[2] memory pair = _funded[0];
        address asker = address(uint160(pair[0]));
        uint256 end = (pair[1] + 1) * _pool.epochLength();
        if (block.timestamp < end) vm.warp(end);
        for (uint256 i; i < ACCOUNTS; ++i) {
            vm.prank(account(i));
            try _pool.claim(asker, pair[1]) {
                ++rewards;
            } catch {}
            vm.prank(account(i));
            try _pool.reclaim(asker, pair[1]) {} catch {}
        }
        require(_pool.epochOf(asker, pair[1]).fund == 0, "a fund is shared out to the last wei");
        _funded[0] = _funded[1];
        _funded.pop();
    }

    function _expire(uint256 index) private {
        uint256 deadline = _pool.getRequest(_live[index]).deadline;
        if (block.timestamp <= deadline) vm.warp(deadline + 1);
        _pool.refund(_live[index]);
        ++ends[3];
        _sync();
    }

    function _sync() private {
        for (uint256 i = _live.length; i > 0; --i) {
            IProverPool.Status status = _pool.getRequest(_live[i - 1]).status;
            if (status != IProverPool.Status.Answered && status != IProverPool.Status.Refunded) continue;
            _live[i - 1] = _live[_live.length - 1];
            _live.pop();
        }
    }
}

/// @title Money is neither made nor lost, and every bond stands for a request
contract ProverPoolInvariantTest is Pooled {
    PoolActors private _actors;
    ProverPool private _named;

    function setUp() public override {
        super.setUp();
        vm.prank(deployer);
        registry.publishModel(commitmentTo(key), developmentTerms(), "");
        NamedProofs proofs = new NamedProofs(address(registry));
        _named = new ProverPool(IInferenceVerifier(address(proofs)), 1 hours, 1 hours);
        _actors = new PoolActors(_named, registry, deployer);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actors);
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 500
    /// forge-config: release.invariant.runs = 2000
    /// forge-config: release.invariant.depth = 500
    function invariant_balanceIsCreditsStakesFeesAndRewards() public view {
        (uint256 sum, uint256 bonds, uint256 bonded) = _actors.held();
        assertEq(address(_named).balance, sum, "held");
        assertEq(bonded, bonds, "every bond stands for a request");
    }

    function test_theActorsDoEverything() public {
        for (uint256 i = 1; i < 500; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            _actors.stake(seed, seed >> 8);
            _actors.request(seed >> 16, seed >> 24, seed >> 32);
            _actors.take(seed >> 40, seed >> 48);
            _actors.sponsor(seed >> 56, seed >> 64, seed >> 72);
            _actors.answer(seed >> 80, seed >> 88, seed >> 96);
            if (i % 4 == 0) _actors.slashOrRefund(seed >> 104, seed >> 112);
            _actors.reward(seed >> 120, seed >> 128);
            _actors.withdraw(seed >> 136, seed >> 144);
            invariant_balanceIsCreditsStakesFeesAndRewards();
        }
        for (uint256 i; i < 4; ++i) {
            assertTrue(_actors.ends(i) > 4, "each way");
        }
        assertTrue(_actors.rewards() > 4, "rewards");
    }
}
