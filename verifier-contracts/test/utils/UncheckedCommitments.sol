// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {Points} from "./Points.sol";

/// @title Keys folded without the registry's span check: shows what a shifted commitment would allow
contract UncheckedCommitments {
    using Points for bytes;

    function fold(bytes memory architectureKey, IModelRegistry.WeightCommitment memory weights)
        external
        view
        returns (bytes memory)
    {
        Points.G1 memory m = Points.G1(weights.commitment[0], weights.commitment[1]);
        Points.G1 memory sum = Points.add(architectureKey.g1(448), m);
        return architectureKey.withWord(448, sum.x).withWord(480, sum.y);
    }
}
