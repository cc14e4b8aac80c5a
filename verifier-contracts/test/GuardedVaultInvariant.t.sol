// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {GuardedVault} from "../src/GuardedVault.sol";
import {PaymentToken} from "../src/PaymentToken.sol";
import {IGuardedVault} from "../src/interfaces/IGuardedVault.sol";
import {IInferenceVerifier} from "../src/interfaces/IInferenceVerifier.sol";
import {HostileStrategy} from "./utils/HostileStrategy.sol";
import {Vault} from "./utils/Vault.sol";
import {VerifierDouble} from "./utils/VerifierDouble.sol";
import {vm} from "./utils/Vm.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @title Everything that depositors, a model without scruples, markets and broken strategies may do
contract VaultTraffic {
    uint256 public constant ACTORS = 2;
    uint256 public constant STRATEGIES = 2;

    /// @dev What came in from outside, less what went out.
    uint256 public net;
    /// @dev What went wrong, if anything did.
    string public broken;
    bool public isBroken;
    uint256 public movesIn;
    uint256 public movesOut;
    uint256 public stops;
    uint256 public failures;

    GuardedVault private immutable _vault;
    PaymentToken private immutable _token;
    HostileStrategy[STRATEGIES] private _strategies;
    uint256 private _movedAt;
    uint256[] private _times;
    uint256[] private _shares;

    constructor(GuardedVault vault, PaymentToken token) {
        (_vault, _token) = (vault, token);
    }

    /// @dev Once this contract has tokens.
    function begin() external {
        (GuardedVault vault, PaymentToken token) = (_vault, _token);
        for (uint256 k; k < STRATEGIES; ++k) {
            _strategies[k] = HostileStrategy(address(vault.strategies()[k]));
        }
        for (uint256 i; i < ACTORS; ++i) {
            token.transfer(actor(i), 1e15);
            vm.prank(actor(i));
            token.approve(address(vault), 1e15);
        }
    }

    function actor(uint256 index) public pure returns (address) {
        return address(uint160(0xac7000 + index % ACTORS));
    }

    function deposit(uint256 by, uint64 assets) external {
        uint256 amount = assets % 1e10;
        vm.prank(actor(by));
        try _vault.deposit(amount, actor(by)) {
            net += amount;
        } catch {}
    }

    function redeem(uint256 by, uint256 shares) external {
        uint256 all = _vault.balanceOf(actor(by));
        vm.prank(actor(by));
        // Nothing may keep a depositor from leaving: a failure here fails the campaign.
        net -= _vault.redeem(all == 0 ? 0 : shares % (all + 1), actor(by), actor(by));
        _checkBooks();
    }

    function claim(uint256 by, uint256 k) external {
        k %= STRATEGIES;
        if (_strategies[k].mode() == HostileStrategy.Mode.RefusesTransfers) return;
        vm.prank(actor(by));
        try _vault.claim(k, actor(by)) {} catch {}
        _checkBooks();
    }

    function execute(int32 a, int32 b) external {
        if (block.timestamp < _vault.movedAt() + 4 hours && a % 8 != 0) return;
        IInferenceVerifier.Inference memory proof;
        proof.statement = new uint256[](2);
        proof.statement[0] = _vault.features();
        proof.statement[1] = uint256(uint32(a % 2000)) | uint256(uint32(b % 2000)) << 32;
        (proof.requester, proof.nonce) = (address(_vault), _vault.round());
        bool isStopped = _vault.stoppedUntil() != 0;
        (uint256 idle, uint256 total) = (_token.balanceOf(address(_vault)), _vault.totalAssets());
        try _vault.execute(proof) returns (uint256, bool into, uint256 amount) {
            if (amount != 0) _noteMove(into, idle, total);
            else ++failures;
            _checkBooks();
            if (into && isStopped) _break("into a strategy while stopped");
        } catch {}
    }

    function retreat(uint256 k) external {
        if (_vault.stoppedUntil() == 0) return;
        (uint256 idle, uint256 total) = (_token.balanceOf(address(_vault)), _vault.totalAssets());
        try _vault.retreat(k % STRATEGIES) returns (uint256 amount) {
            if (amount != 0) _noteMove(false, idle, total);
        } catch {}
    }

    function observe() external {
        if (block.timestamp < _vault.observedAt() + 1 days) return;
        uint256 before = _vault.stoppedUntil();
        _vault.observe();
        if (before == 0 && _vault.stoppedUntil() != 0) ++stops;
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + time % 1 days);
    }

    function gain(uint256 k, uint32 part) external {
        HostileStrategy strategy = _strategies[k % STRATEGIES];
        uint256 amount = strategy.totalAssets() * (part % 1000) / 10_000;
        _token.transfer(address(strategy), amount);
        net += amount;
    }

    function lose(uint256 k, uint32 part) external {
        HostileStrategy strategy = _strategies[k % STRATEGIES];
        uint256 amount = strategy.totalAssets() * (part % 1500) / 10_000;
        vm.prank(address(strategy));
        _token.transfer(address(0xdead), amount);
        net -= amount;
    }

    /// @dev Honest twice in three times.
    function misbehave(uint256 k, uint256 mode, uint8 lie) external {
        HostileStrategy strategy = _strategies[k % STRATEGIES];
        uint256 picked = mode % 24;
        bool isCheap = picked < 10 && picked != 2 && picked != 3 && picked != 7;
        strategy.setMode(isCheap ? HostileStrategy.Mode(picked) : HostileStrategy.Mode.Honest);
        strategy.setLie(picked == 23 ? uint256(lie) + 1 : 1, 1);
    }

    /// @dev Each strategy's shares are the vault's position and what is owed.
    function _checkBooks() private {
        for (uint256 k; k < STRATEGIES; ++k) {
            IGuardedVault.Position memory position = _vault.positionIn(k);
            uint256 shares = position.shares + _vault.owed(k, actor(0)) + _vault.owed(k, actor(1));
            if (_strategies[k].balanceOf(address(_vault)) != shares) _break("shares = position + owed");
            if (position.shares == 0 && position.cost != 0) _break("cost without shares");
        }
    }

    function _break(string memory what) private {
        (broken, isBroken) = (what, true);
    }

    /// @dev Checks a move against what can be told from outside.
    function _noteMove(bool into, uint256 idle, uint256 total) private {
        if (block.timestamp < _movedAt + 4 hours) _break("cool-down");
        _movedAt = block.timestamp;
        if (!into) {
            ++movesOut;
            return;
        }
        ++movesIn;
        uint256 left = _token.balanceOf(address(_vault));
        uint256 amount = idle - left;
        _times.push(block.timestamp);
        _shares.push(amount * 1e12 / total);
        uint256 sum;
        for (uint256 i = _times.length; i != 0 && _times[i - 1] + 1 days > block.timestamp; --i) {
            sum += _shares[i - 1];
        }
        if (amount * 10 > total) _break("a move");
        if (sum > 0.25e12) _break("24 hours");
        if ((left + 1) * 10 < total) _break("reserve");
    }
}

/// @title Every unit is somebody's, and no move passes a limit, whatever is proven
/// forge-config: default.invariant.runs = 256
/// forge-config: default.invariant.depth = 500
/// forge-config: release.invariant.runs = 2000
/// forge-config: release.invariant.depth = 500
contract GuardedVaultInvariantTest is Vault {
    VaultTraffic private _traffic;
    HostileStrategy[2] private _strategies;
    PaymentToken private _token;

    function setUp() public {
        vm.warp(NOW);
        _token = new PaymentToken("Token", "TOK", 1e18, address(this));
        IERC4626[] memory list = new IERC4626[](2);
        for (uint256 k; k < 2; ++k) {
            list[k] = _strategies[k] = new HostileStrategy(_token);
        }
        vault = new GuardedVault("Guarded vault", "GUARD", _token, list, termsFor(address(new VerifierDouble())));
        _traffic = new VaultTraffic(vault, _token);
        _token.transfer(address(_traffic), 1e18);
        _traffic.begin();
        for (uint256 i; i < 4; ++i) {
            later(1 days);
            _traffic.observe();
        }
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(_traffic);
    }

    /// @dev One invariant, so that one campaign checks all. The rest is checked where it can change.
    function invariant_vault() public view {
        uint256 there = _token.balanceOf(address(vault)) + _token.balanceOf(address(_strategies[0]))
            + _token.balanceOf(address(_strategies[1]));
        assertEq(there, _traffic.net(), "what came in and did not go out is there");
        if (_traffic.isBroken()) assertEq(bytes(_traffic.broken()).length, 0, _traffic.broken());
    }

    /// @dev The course does what it is meant to do: moves both ways, and stops.
    function test_trafficMovesAndStops() public {
        for (uint256 i; i < 400; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            _traffic.deposit(seed, uint64(seed >> 8));
            if (seed % 4 == 0) _traffic.redeem(seed >> 16, seed >> 24);
            _traffic.execute(int32(uint32(seed >> 32)), int32(uint32(seed >> 64)));
            _traffic.retreat(seed >> 96);
            _traffic.wait(uint32(seed >> 128));
            if (seed % 3 == 0) _traffic.observe();
            _traffic.gain(seed >> 136, uint32(seed >> 160));
            if (seed % 2 == 0) _traffic.lose(seed >> 144, uint32(seed >> 192));
            _traffic.misbehave(seed >> 152, seed >> 200, uint8(seed >> 240));
            _traffic.claim(seed >> 248, seed >> 249);
            invariant_vault();
        }
        assertTrue(_traffic.movesIn() > 10, "in");
        assertTrue(_traffic.movesOut() > 10, "out");
        assertTrue(_traffic.stops() > 0, "stops");
        assertTrue(_traffic.failures() > 0, "failures");
    }
}
