// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {AgenticCommerce} from "../src/AgenticCommerce.sol";
import {InferenceEvaluator} from "../src/InferenceEvaluator.sol";
import {IERC8183} from "../src/interfaces/IERC8183.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Assertions} from "./utils/Assertions.sol";
import {MutableToken} from "./utils/MutableToken.sol";
import {vm} from "./utils/Vm.sol";

/// @title A registry and verifier in one, which accepts what names its nonce
contract NonceVerifier {
    bool public revoked;

    function registry() external view returns (address) {
        return address(this);
    }

    function setRevoked(bool now_) external {
        revoked = now_;
    }

    function infoOf(uint256, uint32) external view returns (IModelRegistry.VersionInfo memory info) {
        info.inputSignals = 1;
        info.status = revoked ? IModelRegistry.VersionStatus.Revoked : IModelRegistry.VersionStatus.Active;
    }

    function certify(uint256, uint32, IInferenceVerifier.Inference calldata inference) external view {
        require(!revoked && inference.requester == msg.sender && inference.proof[0] == inference.nonce, "invalid");
    }
}

/// @title Everything that clients, providers, an evaluator's callers and strangers may try, in any order
contract CommerceActors {
    uint256 public constant LIVE = 3;
    AgenticCommerce private immutable _commerce;
    InferenceEvaluator private immutable _evaluator;
    NonceVerifier private immutable _verifier;
    MutableToken private immutable _token;
    address[4] private _people = [address(0xc1), address(0xc2), address(0xd1), address(0xd2)];
    string private _terms;
    uint256[] private _live;
    mapping(uint256 jobId => uint256) private _ends;

    uint256 public mostEnds;
    uint256 public funded;
    uint256 public paid;
    uint256 public refunded;

    constructor(AgenticCommerce commerce, InferenceEvaluator evaluator, NonceVerifier verifier, MutableToken token) {
        (_commerce, _evaluator, _verifier, _token) = (commerce, evaluator, verifier, token);
        _terms = evaluator.describe(1, 1, _input());
        for (uint256 i; i < 4; ++i) {
            token.mint(_people[i], 1e30);
            vm.prank(_people[i]);
            token.approve(address(commerce), type(uint256).max);
        }
    }

    function live() external view returns (uint256[] memory) {
        return _live;
    }

    function create(uint256 by, uint256 wait, uint96 amount, bool ours) external {
        if (_live.length == LIVE) _end(0);
        address client = _people[by % 2];
        address evaluator = ours ? address(_evaluator) : client;
        vm.prank(client);
        uint256 jobId = _commerce.createJob(
            _people[2 + by % 2], evaluator, block.timestamp + 1 + wait % 1 hours, _terms, address(0)
        );
        vm.prank(client);
        _commerce.setBudget(jobId, uint256(amount) + 1, "");
        vm.prank(client);
        _commerce.fund(jobId, uint256(amount) + 1, "");
        funded += uint256(amount) + 1;
        _live.push(jobId);
    }

    function submit(uint256 which, uint256 by) external {
        vm.prank(_people[by % 4]);
        try _commerce.submit(_some(which), 0, "") {} catch {}
    }

    function deliver(uint256 which, uint256 mutation) external {
        uint256 jobId = _some(which);
        uint256[8] memory proof;
        proof[0] = _evaluator.nonceOf(mutation % 8 == 1 ? jobId + 1 : jobId, _people[2 + which % 2]);
        uint256[] memory statement = new uint256[](2);
        statement[0] = mutation % 8 == 2 ? 8 : 7;
        try _evaluator.deliver(jobId, 1, 1, proof, statement) {
            paid += _ended(jobId);
        } catch {}
    }

    function complete(uint256 which, uint256 by) external {
        uint256 jobId = _some(which);
        vm.prank(_people[by % 4]);
        try _commerce.complete(jobId, 0, "") {
            paid += _ended(jobId);
        } catch {}
    }

    function reject(uint256 which, uint256 by) external {
        uint256 jobId = _some(which);
        if (by % 3 == 0) {
            _verifier.setRevoked(by % 2 == 0);
            try _evaluator.rejectRevoked(jobId, 1, 1, _input()) {
                refunded += _ended(jobId);
            } catch {}
            _verifier.setRevoked(false);
            return;
        }
        vm.prank(_people[by % 4]);
        try _commerce.reject(jobId, 0, "") {
            refunded += _ended(jobId);
        } catch {}
    }

    function expire(uint256 which, uint256 wait) external {
        vm.warp(block.timestamp + wait % 10 minutes);
        _refund(_some(which), wait % 2 == 0);
    }

    function _refund(uint256 jobId, bool byEvaluator) private {
        if (byEvaluator) {
            try _evaluator.rejectExpired(jobId) {
                refunded += _ended(jobId);
            } catch {}
            return;
        }
        try _commerce.claimRefund(jobId) {
            refunded += _ended(jobId);
        } catch {}
    }

    function _end(uint256 index) private {
        uint256 jobId = _live[index];
        uint256 expiredAt = _commerce.getJob(jobId).expiredAt;
        if (block.timestamp < expiredAt) vm.warp(expiredAt);
        _refund(jobId, false);
    }

    /// @dev Mostly a live job, now and then one of long ago.
    function _some(uint256 which) private view returns (uint256) {
        if (_live.length == 0 || which % 8 == 0) return which % (_commerce.jobCount() + 2);
        return _live[which % _live.length];
    }

    function _input() private pure returns (uint256[] memory input) {
        input = new uint256[](1);
        input[0] = 7;
    }

    function _ended(uint256 jobId) private returns (uint256 budget) {
        if (++_ends[jobId] > mostEnds) mostEnds = _ends[jobId];
        for (uint256 i; i < _live.length; ++i) {
            if (_live[i] != jobId) continue;
            _live[i] = _live[_live.length - 1];
            _live.pop();
            break;
        }
        return _commerce.getJob(jobId).budget;
    }
}

/// @title The escrow's balance is what live jobs hold, and every job ends once
contract AgenticCommerceInvariantTest is Assertions {
    AgenticCommerce private _commerce;
    CommerceActors private _actors;
    MutableToken private _token;

    function setUp() public {
        vm.warp(1_800_000_000);
        _token = new MutableToken();
        _commerce = new AgenticCommerce(_token);
        NonceVerifier verifier = new NonceVerifier();
        InferenceEvaluator evaluator = new InferenceEvaluator(IInferenceVerifier(address(verifier)), _commerce);
        _actors = new CommerceActors(_commerce, evaluator, verifier, _token);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actors);
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 500
    /// forge-config: release.invariant.runs = 2000
    /// forge-config: release.invariant.depth = 500
    function invariant_balanceIsTheLiveJobsBudgets() public view {
        uint256 held;
        uint256[] memory live = _actors.live();
        for (uint256 i; i < live.length; ++i) {
            IERC8183.Job memory job = _commerce.getJob(live[i]);
            bool escrowed = job.status == IERC8183.JobStatus.Funded || job.status == IERC8183.JobStatus.Submitted;
            assertTrue(escrowed, "live jobs are escrowed");
            held += job.budget;
        }
        assertEq(_token.balanceOf(address(_commerce)), held, "held");
        assertEq(_actors.funded(), held + _actors.paid() + _actors.refunded(), "conservation");
        assertTrue(_actors.mostEnds() <= 1, "each job ends once");
    }

    /// @dev The course of the actors does what it is meant to do.
    function test_theActorsEndJobsInEveryWay() public {
        for (uint256 i = 1; i < 300; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            _actors.create(seed, seed >> 8, uint96(seed >> 16), seed % 3 != 0);
            _actors.submit(seed >> 32, seed >> 40);
            _actors.submit(seed >> 32, (seed >> 40) + 1);
            _actors.deliver(seed >> 48, seed >> 56);
            _actors.complete(seed >> 64, seed >> 72);
            _actors.reject(seed >> 80, seed >> 88);
            _actors.expire(seed >> 96, seed >> 104);
            invariant_balanceIsTheLiveJobsBudgets();
        }
        assertTrue(_actors.paid() > 0 && _actors.refunded() > 0, "paid and refunded");
        assertTrue(_actors.mostEnds() == 1, "some ended");
    }
}
