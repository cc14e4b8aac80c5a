{
  "variables": {
    # `node-gyp rebuild -- -Dsanitise=1` for the fuzz under AddressSanitizer (README.md).
    "sanitise%": 0,
    "optimised": ["-O3", "-std=c++17", "-fexceptions", "-fno-rtti", "-Wall", "-Wextra", "-Wno-uninitialized", "-fvisibility=hidden"],
    # Limbs that went through vector registers wait for their stores: a fifth of the time.
    "scalar": ["-fno-tree-vectorize", "-fno-tree-slp-vectorize"]
  },
  "target_defaults": {
    "sources": ["src/addon.cc"],
    "include_dirs": ["<!@(node -p \"require('node-addon-api').include\")"],
    # A thread may be ended while it waits for a proof: what cannot be thrown there any more must not end the process.
    "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_CPP_EXCEPTIONS_ALL", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
    "cflags!": ["-fno-exceptions"],
    "cflags_cc!": ["-fno-exceptions", "-O2", "-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": ["<@(optimised)"],
    # Threads end with their environment, but what they run is never unloaded under them.
    "ldflags": ["-Wl,-z,nodelete", "-Wl,--version-script=<(module_root_dir)/exports.map"],
    "xcode_settings": {"GCC_ENABLE_CPP_EXCEPTIONS": "YES", "CLANG_CXX_LANGUAGE_STANDARD": "c++17", "OTHER_CPLUSPLUSFLAGS": ["-O3"]},
    "conditions": [
      ["sanitise==1", {"cflags_cc": ["-fsanitize=address,undefined", "-g"], "ldflags": ["-fsanitize=address,undefined"]}]
    ]
  },
  "targets": [
    {"target_name": "portable", "cflags_cc": ["<@(scalar)"]}
  ],
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        {"target_name": "bmi2", "cflags_cc": ["-mbmi2", "-madx", "<@(scalar)"]},
        {
          "target_name": "ifma",
          "defines": ["ZKSERVE_IFMA"],
          "cflags_cc": ["-march=x86-64-v4", "-madx", "-mavx512ifma"]
        }
      ]
    }]
  ]
}
