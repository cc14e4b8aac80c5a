// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IInferenceOracle} from "../../src/interfaces/IInferenceOracle.sol";
import {Deployed} from "./Deployed.sol";
import {Farm} from "./Farm.sol";
import {OracleDouble} from "./OracleDouble.sol";

/// @title The insurance over an oracle that answers what a test tells it
abstract contract Insured is Deployed, Farm {
    address internal prover = address(0x9407);
    OracleDouble internal double;

    function setUp() public virtual override {
        super.setUp();
        double = new OracleDouble(registry);
        open(IInferenceOracle(address(double)), MODEL);
    }
}
