// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {AccessGrants} from "../src/AccessGrants.sol";
import {DatasetRegistry} from "../src/DatasetRegistry.sol";
import {IAccessGrants} from "../src/interfaces/IAccessGrants.sol";
import {IDatasetRegistry} from "../src/interfaces/IDatasetRegistry.sol";
import {Assertions} from "./utils/Assertions.sol";
import {vm} from "./utils/Vm.sol";

/// @title Everything that three accounts may try with a token, in any order
contract AccessActors {
    AccessGrants public immutable grants = new AccessGrants();
    DatasetRegistry public immutable datasets = new DatasetRegistry();
    /// @dev What each user paid for grants, in all.
    mapping(address user => uint256) public paid;
    uint256 private constant TOKEN = 1;
    uint256 public purchases;
    uint256 public revocations;
    uint256 public collections;

    constructor() payable {
        vm.prank(account(0));
        datasets.publishDataset(IDatasetRegistry.DatasetVersion(keccak256("data"), 0, ""));
        for (uint256 i; i < 3; ++i) {
            vm.deal(account(i), 1e9 ether);
        }
    }

    function account(uint256 index) public pure returns (address) {
        return address(uint160(0xacc0 + index % 3));
    }

    function offer(uint96 price, uint32 period, uint32 wait) external {
        address holder = datasets.ownerOf(TOKEN);
        vm.prank(holder);
        grants.setOffer(
            address(datasets), TOKEN, price % 1 ether, 1 + period % 30 days, uint48(block.timestamp) + wait
        );
    }

    function buy(uint256 by, uint32 periods, uint96 value) external {
        address user = account(by);
        uint256 cost = uint256(grants.offerOf(address(datasets), TOKEN).price) * (1 + periods % 10);
        vm.prank(user);
        try grants.buy{value: value % 20 ether}(address(datasets), TOKEN, 1 + periods % 10, 1) {
            purchases++;
            paid[user] += cost;
        } catch {}
    }

    function grant(uint256 to, uint32 wait) external {
        address holder = datasets.ownerOf(TOKEN);
        vm.prank(holder);
        try grants.grant(address(datasets), TOKEN, account(to), uint48(block.timestamp) + wait % 60 days) {} catch {}
    }

    function revoke(uint256 from, bool byStranger) external {
        address holder = datasets.ownerOf(TOKEN);
        vm.prank(byStranger ? account(from) : holder);
        try grants.revoke(address(datasets), TOKEN, account(from)) {
            require(!byStranger || account(from) == holder, "by the holder alone");
            require(!grants.hasAccess(address(datasets), TOKEN, account(from)) || account(from) == holder, "over");
            revocations++;
        } catch {}
    }

    function collect(uint256 from, uint32 wait) external {
        vm.warp(block.timestamp + wait % 10 days);
        try grants.collect(address(datasets), TOKEN, account(from)) {
            collections++;
        } catch {}
    }

    function transfer(uint256 to) external {
        address holder = datasets.ownerOf(TOKEN);
        vm.prank(holder);
        datasets.transferFrom(holder, account(to), TOKEN);
    }

    function setRoyalty(uint256 to, uint16 bps) external {
        address holder = datasets.ownerOf(TOKEN);
        vm.prank(holder);
        datasets.setRoyalty(TOKEN, account(to), bps % 5001);
    }

    function withdraw(uint256 by) external {
        vm.prank(account(by));
        try grants.withdraw(account(by)) {} catch {}
    }
}

/// @title Money is neither made nor lost, and is held only for time that is still to pass
contract AccessInvariantTest is Assertions {
    AccessActors private _actors;
    AccessGrants private _grants;
    address private _datasets;

    function setUp() public {
        vm.warp(1_800_000_000);
        _actors = new AccessActors();
        _grants = _actors.grants();
        _datasets = address(_actors.datasets());
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actors);
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 500
    /// forge-config: release.invariant.runs = 2000
    /// forge-config: release.invariant.depth = 500
    function invariant_balanceIsCreditsAndEscrow() public view {
        uint256 owed;
        for (uint256 i; i < 3; ++i) {
            address account = address(uint160(0xacc0 + i));
            owed += _grants.creditOf(account);
            IAccessGrants.Grant memory grant = _grants.grantOf(_datasets, 1, account);
            owed += grant.escrow;
            assertTrue(grant.paidUntil <= grant.expires, "what is paid for is granted");
            assertTrue(grant.escrow == 0 || grant.vestedFrom < grant.paidUntil, "money has a time to go");
            assertTrue(grant.escrow <= _actors.paid(account), "paid by its user");
        }
        assertEq(address(_grants).balance, owed, "owed");
    }

    /// @dev The course of the actors does what it is meant to do.
    function test_theActorsBuyCollectAndRevoke() public {
        for (uint256 i = 1; i < 400; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            _actors.offer(uint96(seed >> 8), uint32(seed >> 16), uint32(seed >> 24));
            _actors.setRoyalty(seed >> 4, uint16(seed >> 32));
            _actors.buy(seed >> 40, uint32(seed >> 48), uint96(seed >> 56));
            _actors.collect(seed >> 72, uint32(seed >> 80));
            _actors.grant(seed >> 96, uint32(seed >> 104));
            if (i % 2 == 0) _actors.revoke(seed >> 120, seed % 3 == 0);
            if (i % 7 == 0) _actors.transfer(seed >> 136);
            _actors.withdraw(seed >> 144);
            invariant_balanceIsCreditsAndEscrow();
        }
        assertTrue(_actors.purchases() > 20, "bought");
        assertTrue(_actors.collections() > 20, "collected");
        assertTrue(_actors.revocations() > 20, "revoked");
    }
}
