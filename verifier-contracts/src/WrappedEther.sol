// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {WETH} from "solady/tokens/WETH.sol";

/// @title Ether as an ERC-20, for examples and tests on chains that have none
contract WrappedEther is WETH {}
