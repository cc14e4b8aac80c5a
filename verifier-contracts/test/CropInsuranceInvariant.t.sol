// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {CropInsurance} from "../src/CropInsurance.sol";
import {WrappedEther} from "../src/WrappedEther.sol";
import {ICropInsurance} from "../src/interfaces/ICropInsurance.sol";
import {IInferenceOracle} from "../src/interfaces/IInferenceOracle.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {Farm} from "./utils/Farm.sol";
import {OracleDouble} from "./utils/OracleDouble.sol";
import {vm} from "./utils/Vm.sol";

/// @title A registry with one version of one model, which anyone may revoke
contract OneVersion {
    IModelRegistry.VersionStatus public status = IModelRegistry.VersionStatus.Active;

    function revoke() external {
        status = IModelRegistry.VersionStatus.Revoked;
    }

    function infoOf(uint256, uint32) external view returns (IModelRegistry.VersionInfo memory info) {
        (info.status, info.inputSignals, info.outputSignals) = (status, 1, 1);
    }
}

/// @title Everything that providers, farmers, provers and strangers may do in a season
contract Season {
    uint256 public constant ACTORS = 3;
    uint256 private constant POLICIES = 5;
    uint96 private constant FEE = 0.001 ether;

    uint256 public deposited;
    uint256 public withdrawn;
    uint256 public premiumsPaid;
    uint256 public collected;
    uint256 public feesSent;
    uint256 public feesTaken;
    mapping(uint256 policyId => uint256) public ends;
    mapping(uint256 requestId => uint256) public policyOf;

    CropInsurance private immutable _insurance;
    OracleDouble private immutable _oracle;
    OneVersion private immutable _registry;
    uint256 private immutable _stationKey;

    constructor(
        CropInsurance insurance,
        OracleDouble oracle,
        OneVersion registry,
        WrappedEther asset,
        uint256 stationKey
    ) {
        (_insurance, _oracle, _registry, _stationKey) = (insurance, oracle, registry, stationKey);
        for (uint256 i; i < ACTORS; ++i) {
            vm.deal(actor(i), 2000 ether);
            vm.startPrank(actor(i));
            asset.deposit{value: 1000 ether}();
            asset.approve(address(insurance), type(uint256).max);
            vm.stopPrank();
        }
    }

    function actor(uint256 index) public pure returns (address) {
        return address(uint160(0xac7000 + index % ACTORS));
    }

    function provide(uint256 who, uint256 amount) external {
        amount %= 50 ether;
        vm.prank(actor(who));
        try _insurance.deposit(amount, actor(who)) {
            deposited += amount;
        } catch {}
    }

    function leave(uint256 who, uint256 part) external {
        uint256 shares = _insurance.maxRedeem(actor(who)) * (part % 101) / 100;
        vm.prank(actor(who));
        withdrawn += _insurance.redeem(shares, actor(who), actor(who));
    }

    function buy(uint256 who, uint96 coverage) external {
        if (_insurance.policyCount() == POLICIES) return;
        coverage %= 20 ether;
        vm.prank(actor(who));
        try _insurance.buy(coverage, bytes32(who)) {
            premiumsPaid += _insurance.premiumOf(coverage);
        } catch {}
    }

    function claim(uint256 policyId, uint8 features, uint32 wait) external {
        ICropInsurance.Policy memory policy = _policy(policyId);
        if (policy.holder == address(0)) return;
        policyId %= _insurance.policyCount();
        bytes32 digest = _insurance.attestationHash(policyId, keccak256(abi.encodePacked(uint256(features))));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_stationKey, digest);
        uint256[] memory input = new uint256[](1);
        input[0] = features;
        vm.prank(policy.holder);
        try _insurance.claim{value: FEE}(
            policyId, input, abi.encodePacked(r, s, v), uint48(block.timestamp + wait % 30 days)
        ) returns (
            uint256 requestId
        ) {
            policyOf[requestId] = policyId;
            feesSent += FEE;
        } catch {}
    }

    /// @dev Right answers, wrong ones, starved ones.
    function answer(uint256 requestId, int32 score, uint96 fee, uint8 fault) external {
        if (_oracle.requestCount() == 0) return;
        requestId %= _oracle.requestCount();
        fee %= FEE + 1;
        if (fault % 4 == 0) {
            try _oracle.deliver(requestId, new uint256[](1), address(0xbeef), fee) {} catch {}
        } else {
            try _oracle.answer(requestId, score % 1000, address(0xbeef), fee) {} catch {}
        }
        _noteEnd(policyOf[requestId]);
    }

    function end(uint256 policyId, bool reopen, bool refundFirst) external {
        if (_insurance.policyCount() == 0) return;
        policyId %= _insurance.policyCount();
        uint256 requestId = _insurance.getPolicy(policyId).requestId;
        if (refundFirst) {
            try _oracle.refund(requestId) {} catch {}
        }
        if (reopen) {
            try _insurance.reopen(policyId) {} catch {}
        } else {
            try _insurance.close(policyId) {} catch {}
        }
        _noteEnd(policyId);
    }

    function collect(uint256 who) external {
        vm.prank(actor(who));
        try _insurance.collect(actor(who)) returns (uint256 amount) {
            collected += amount;
        } catch {}
        address account = who % 2 == 0 ? vm.addr(_stationKey) : actor(who);
        vm.prank(account);
        try _insurance.collectFees(payable(account)) returns (uint256 amount) {
            feesTaken += amount;
        } catch {}
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + time % 20 days);
    }

    function revoke(uint8 chance) external {
        if (chance == 7) _registry.revoke();
    }

    function _policy(uint256 policyId) private view returns (ICropInsurance.Policy memory policy) {
        uint256 count = _insurance.policyCount();
        if (count != 0) return _insurance.getPolicy(policyId % count);
    }

    /// @dev Notes how a policy ended, the first time that it is seen so.
    function _noteEnd(uint256 policyId) private {
        uint256 status = uint256(_insurance.getPolicy(policyId).status);
        if (ends[policyId] == 0 && status >= uint256(ICropInsurance.Status.Paid)) ends[policyId] = status;
    }
}

/// @title The pool can always pay what it owes and what it promised, whatever is tried
/// forge-config: default.invariant.runs = 256
/// forge-config: default.invariant.depth = 500
/// forge-config: release.invariant.runs = 2000
/// forge-config: release.invariant.depth = 500
contract CropInsuranceInvariantTest is Farm {
    OracleDouble private _oracle;
    Season private _season;

    function setUp() public {
        OneVersion registry = new OneVersion();
        _oracle = new OracleDouble(IModelRegistry(address(registry)));
        open(IInferenceOracle(address(_oracle)), 1);
        _season = new Season(insurance, _oracle, registry, asset, STATION_KEY);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_season);
    }

    /// @dev One invariant, so that one campaign checks all.
    function invariant_season() public view {
        (uint256 open, uint256 premiumsUnderWay, uint256 won) = tally();
        uint256 balance = asset.balanceOf(address(insurance));
        assertEq(insurance.reserved(), open, "the reserve is the coverage of policies under way");
        assertTrue(balance >= insurance.owed() + open + premiumsUnderWay, "all that is owed and promised is there");
        assertEq(
            balance,
            _season.deposited() + _season.premiumsPaid() - _season.withdrawn() - _season.collected(),
            "what came in and did not go out is there"
        );
        assertEq(insurance.owed() + _season.collected(), won, "each policy pays what it ended with, once");
        checkFees();
    }

    /// @return open Coverage of policies under way.
    /// @return premiumsUnderWay Their premiums.
    /// @return won What policies that have ended pay their holders.
    function tally() private view returns (uint256 open, uint256 premiumsUnderWay, uint256 won) {
        uint256 count = insurance.policyCount();
        for (uint256 i; i < count; ++i) {
            ICropInsurance.Policy memory policy = insurance.getPolicy(i);
            ICropInsurance.Status status = policy.status;
            uint256 ended = _season.ends(i);
            assertTrue(ended == 0 || ended == uint256(status), "a policy that has ended stays as it ended");
            if (status == ICropInsurance.Status.Active || status == ICropInsurance.Status.Claimed) {
                open += policy.coverage;
                premiumsUnderWay += policy.premium;
            } else if (status == ICropInsurance.Status.Paid) {
                won += policy.coverage;
            } else if (status == ICropInsurance.Status.Void) {
                won += policy.premium;
            }
        }
    }

    function checkFees() private view {
        uint256 held = address(insurance).balance + _oracle.creditOf(address(insurance));
        assertEq(
            address(insurance).balance + address(_oracle).balance, _season.feesSent() - _season.feesTaken(), "fees"
        );
        uint256 credited = insurance.feeCreditOf(station);
        for (uint256 i; i < _season.ACTORS(); ++i) {
            credited += insurance.feeCreditOf(_season.actor(i));
        }
        assertTrue(credited <= held, "credited fees are there");
    }
}
