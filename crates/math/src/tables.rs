//! Constants of the kernels, as bit patterns of doubles. Written by `tables/tables.py`; do not edit. The tables are of patterns too.
//!
//! Again: `python crates/math/tables/tables.py > crates/math/src/tables.rs` (needs mpmath).

/// 128 / ln 2.
pub(crate) const EXP_STEPS_PER_ONE: f64 = f64::from_bits(0x4067_1547_652b_82fe);
/// ln 2 / 128 in 34 bits, so that its product with a whole number below 2^19 is exact.
pub(crate) const EXP_STEP_HI: f64 = f64::from_bits(0x3f76_2e42_fef8_0000);
/// ln 2 / 128, the rest.
pub(crate) const EXP_STEP_LO: f64 = f64::from_bits(0x3d41_cf79_abc9_e3b4);
/// 2^(j/128) in 26 bits, for j = 0..128.
pub(crate) const EXP_HEAD: [u64; 128] = [
    0x3ff0_0000_0000_0000, 0x3ff0_163d_a800_0000, 0x3ff0_2c9a_4000_0000, 0x3ff0_4315_e800_0000,
    0x3ff0_59b0_d000_0000, 0x3ff0_706b_2800_0000, 0x3ff0_8745_1800_0000, 0x3ff0_9e3e_c800_0000,
    0x3ff0_b558_7000_0000, 0x3ff0_cc92_2800_0000, 0x3ff0_e3ec_3000_0000, 0x3ff0_fb66_b000_0000,
    0x3ff1_1301_d000_0000, 0x3ff1_2abd_c000_0000, 0x3ff1_429a_b000_0000, 0x3ff1_5a98_c800_0000,
    0x3ff1_72b8_4000_0000, 0x3ff1_8af9_3800_0000, 0x3ff1_a35b_e800_0000, 0x3ff1_bbe0_8800_0000,
    0x3ff1_d487_3000_0000, 0x3ff1_ed50_2000_0000, 0x3ff2_063b_8800_0000, 0x3ff2_1f49_9000_0000,
    0x3ff2_387a_7000_0000, 0x3ff2_51ce_5000_0000, 0x3ff2_6b45_6800_0000, 0x3ff2_84df_e000_0000,
    0x3ff2_9e9d_f800_0000, 0x3ff2_b87f_d000_0000, 0x3ff2_d285_a800_0000, 0x3ff2_ecaf_a800_0000,
    0x3ff3_06fe_0800_0000, 0x3ff3_2171_0000_0000, 0x3ff3_3c08_b000_0000, 0x3ff3_56c5_6000_0000,
    0x3ff3_71a7_3800_0000, 0x3ff3_8cae_7000_0000, 0x3ff3_a7db_3800_0000, 0x3ff3_c32d_c000_0000,
    0x3ff3_dea6_5000_0000, 0x3ff3_fa45_0800_0000, 0x3ff4_160a_2000_0000, 0x3ff4_31f5_d800_0000,
    0x3ff4_4e08_6000_0000, 0x3ff4_6a41_f000_0000, 0x3ff4_86a2_b800_0000, 0x3ff4_a32a_f000_0000,
    0x3ff4_bfda_d800_0000, 0x3ff4_dcb2_9800_0000, 0x3ff4_f9b2_7800_0000, 0x3ff5_16da_a000_0000,
    0x3ff5_342b_5800_0000, 0x3ff5_51a4_c800_0000, 0x3ff5_6f47_3800_0000, 0x3ff5_8d12_d800_0000,
    0x3ff5_ab07_e000_0000, 0x3ff5_c926_8800_0000, 0x3ff5_e76f_1800_0000, 0x3ff6_05e1_b800_0000,
    0x3ff6_247e_b000_0000, 0x3ff6_4346_3800_0000, 0x3ff6_6238_8000_0000, 0x3ff6_8155_d800_0000,
    0x3ff6_a09e_6800_0000, 0x3ff6_c012_7800_0000, 0x3ff6_dfb2_4000_0000, 0x3ff6_ff7d_f800_0000,
    0x3ff7_1f75_e800_0000, 0x3ff7_3f9a_4800_0000, 0x3ff7_5feb_5800_0000, 0x3ff7_8069_5000_0000,
    0x3ff7_a114_7000_0000, 0x3ff7_c1ed_0000_0000, 0x3ff7_e2f3_3800_0000, 0x3ff8_0427_5800_0000,
    0x3ff8_2589_9800_0000, 0x3ff8_471a_4800_0000, 0x3ff8_68d9_9800_0000, 0x3ff8_8ac7_d800_0000,
    0x3ff8_ace5_4000_0000, 0x3ff8_cf32_1800_0000, 0x3ff8_f1ae_9800_0000, 0x3ff9_145b_0800_0000,
    0x3ff9_3737_b000_0000, 0x3ff9_5a44_c800_0000, 0x3ff9_7d82_a000_0000, 0x3ff9_a0f1_7000_0000,
    0x3ff9_c491_8000_0000, 0x3ff9_e863_1800_0000, 0x3ffa_0c66_7800_0000, 0x3ffa_309b_f000_0000,
    0x3ffa_5503_b000_0000, 0x3ffa_799e_1000_0000, 0x3ffa_9e6b_5800_0000, 0x3ffa_c36b_c000_0000,
    0x3ffa_e89f_9800_0000, 0x3ffb_0e07_2800_0000, 0x3ffb_33a2_b800_0000, 0x3ffb_5972_9000_0000,
    0x3ffb_7f76_f000_0000, 0x3ffb_a5b0_3000_0000, 0x3ffb_cc1e_9000_0000, 0x3ffb_f2c2_5800_0000,
    0x3ffc_199b_e000_0000, 0x3ffc_40ab_6000_0000, 0x3ffc_67f1_3000_0000, 0x3ffc_8f6d_9800_0000,
    0x3ffc_b720_e000_0000, 0x3ffc_df0b_5800_0000, 0x3ffd_072d_4800_0000, 0x3ffd_2f87_0800_0000,
    0x3ffd_5818_e000_0000, 0x3ffd_80e3_1800_0000, 0x3ffd_a9e6_0000_0000, 0x3ffd_d321_f000_0000,
    0x3ffd_fc97_3000_0000, 0x3ffe_2646_1800_0000, 0x3ffe_502e_e800_0000, 0x3ffe_7a51_f800_0000,
    0x3ffe_a4af_a000_0000, 0x3ffe_cf48_3000_0000, 0x3ffe_fa1b_f000_0000, 0x3fff_252b_3800_0000,
    0x3fff_5076_5800_0000, 0x3fff_7bfd_b000_0000, 0x3fff_a7c1_8000_0000, 0x3fff_d3c2_2800_0000,
];
/// 2^(j/128), the rest.
pub(crate) const EXP_TAIL: [u64; 128] = [
    0x0000_0000_0000_0000, 0x3e3f_b333_56d8_4a67, 0xbe38_87f9_f119_0835, 0x3e1b_9fe1_2f5c_e3e7,
    0x3e48_ac2b_a1d7_3e2a, 0x3e3d_df6d_dc6d_c404, 0x3e1d_66f2_0230_d7c9, 0x3e46_379c_1a29_0f03,
    0xbe48_33b7_84eb_3a37, 0x3e4b_923f_ba03_db83, 0x3e46_9e8d_1010_3a17, 0xbdb2_ce50_dcdf_6e22,
    0x3df2_5b50_a4eb_bf1b, 0x3e1b_0c72_fee4_aeb5, 0xbe35_6d22_04cb_efe7, 0x3e24_b1ca_2490_1aae,
    0xbe4c_1574_2919_041c, 0x3e21_91bd_3777_ee17, 0x3e4b_7e5b_a9e5_b4c8, 0xbe4f_dd19_632a_70c7,
    0x3e36_8b9a_a780_5b80, 0x3e47_e6c8_e5c4_0d00, 0x3e18_a335_8ee3_bac1, 0x3e37_ddc9_6255_2fd3,
    0xbe38_a9dc_7993_e052, 0xbe13_5670_329f_5521, 0xbe40_ec19_16d4_2cc6, 0x3e3f_5638_096c_f15d,
    0xbe47_0108_f69e_d175, 0x3e2b_5b31_ffbb_d48d, 0xbe31_bfcf_4bff_6e2b, 0x3e33_e2f5_611c_a0f4,
    0x3e41_8db8_a96f_46ad, 0xbe4d_993e_7656_3187, 0x3e43_20b7_fa64_e431, 0xbe1b_5803_cdae_772e,
    0xbe28_aac6_ab1d_7560, 0xbe47_d13c_d3d2_b1a8, 0xbe48_d300_48af_21b7, 0x3e48_9d47_2420_00f9,
    0xbe4f_6e5e_ee52_5f6f, 0xbe4a_9bff_22fa_047f, 0x3e3f_72e2_9f84_325c, 0x3e35_0a89_6dc7_0444,
    0x3e18_624b_40c4_dbd0, 0xbe47_17fd_446d_7686, 0xbe41_f619_7f61_f2e2, 0x3e2a_fa7b_cce5_b17a,
    0xbe46_4eae_c715_e343, 0x3e3f_ddd0_d63b_36ef, 0xbe36_2d35_952c_c275, 0x3e46_7b32_0e08_97a9,
    0xbe36_2b07_e20f_57c4, 0x3e42_ec90_7629_7631, 0xbe34_ad82_5991_3500, 0xbe4b_41c0_16d6_a1ea,
    0xbe45_bd5e_b539_b67f, 0x3e42_ca35_b80e_258e, 0xbe42_96f5_bc8b_20da, 0x3e37_6dc0_8b07_6f59,
    0x3e0d_2ac2_58f8_7d03, 0xbe49_99e7_01c4_83c7, 0x3e42_a911_2489_3ecf, 0xbe4d_9ab4_67bf_1d47,
    0xbe38_0c43_36f7_4d05, 0xbe47_a12a_0894_4ab3, 0xbe4c_d72e_886e_f8ea, 0x3e35_1948_3cf8_7e1b,
    0x3e2d_8bee_7ba4_6e1e, 0x3e24_b02e_77ab_934a, 0xbe3b_d983_7409_1656, 0xbe00_d160_4f32_8fec,
    0x3e4f_580c_36be_a881, 0x3e33_0c13_27c4_9334, 0xbe33_0b19_defa_2fd4, 0xbe4e_0f2f_724f_90cc,
    0x3e34_cce1_28ac_f88b, 0xbe3d_c385_331a_d094, 0x3e4a_2497_6407_20ed, 0x3e38_a669_9665_30bd,
    0x3e41_5506_dadd_3e2b, 0xbe34_abb7_410d_55e3, 0x3e31_5773_62b9_8274, 0x3e4c_8ffe_2c45_30da,
    0x3e29_b8bc_9e8a_0388, 0x3e4e_4290_774d_a41b, 0xbe00_d8d8_3a30_b6f8, 0x3e29_40f7_3746_2137,
    0x3e45_1f84_80e3_e236, 0x3e3e_3232_3182_4ca8, 0x3e4a_ef2b_2594_d6d4, 0xbe4d_ae96_6539_f470,
    0x3e41_f12a_e45a_1225, 0x3e49_859a_c379_6fd9, 0xbe44_3012_05e0_a6de, 0xbe06_0643_1f92_34cb,
    0x3e35_ad3a_d5e8_734d, 0x3e38_db66_5908_42ad, 0x3e13_c57e_bdaf_f43a, 0xbe40_d536_338e_3bf7,
    0x3e47_daf2_3755_3d84, 0x3e24_20c9_3081_9679, 0x3e12_f074_891e_e83d, 0x3e4e_b8f0_4420_46b8,
    0xbe43_d56b_1eee_f9a7, 0xbd87_c2c9_7590_3ef8, 0xbe3a_82eb_4b5d_ec80, 0xbe4f_c8c2_5772_9a1e,
    0xbe48_837c_b757_e1a1, 0xbe45_11e0_31dd_83b5, 0x3e40_3c4b_dc68_7918, 0x3deb_13e3_15bc_2473,
    0xbe48_22db_c6d1_2fd3, 0xbe33_67c6_8447_b063, 0x3e4e_d994_2b84_600d, 0x3e48_0da3_025b_4aef,
    0x3e4b_dcda_f5cb_4656, 0xbe48_52f6_baf6_c4f0, 0xbe1d_3002_7630_bb40, 0x3e4e_3a64_1a5a_a459,
    0x3e45_2486_cc2c_7b9d, 0xbe43_8cc0_7b92_7e77, 0xbe39_ea5d_888e_02de, 0xbe22_88ad_162f_2d20,
    0x3e4b_722a_033a_7c26, 0xbe43_1a0f_63b7_625a, 0x3e39_e90d_82e9_0a7e, 0x3e4c_7b8f_884b_add2,
];
/// 1/2!
pub(crate) const EXP_C2: f64 = f64::from_bits(0x3fe0_0000_0000_0000);
/// 1/3!
pub(crate) const EXP_C3: f64 = f64::from_bits(0x3fc5_5555_5555_5555);
/// 1/4!
pub(crate) const EXP_C4: f64 = f64::from_bits(0x3fa5_5555_5555_5555);
/// 1/5!
pub(crate) const EXP_C5: f64 = f64::from_bits(0x3f81_1111_1111_1111);
/// 1/6!
pub(crate) const EXP_C6: f64 = f64::from_bits(0x3f56_c16c_16c1_6c17);
/// ln 2 as a multiple of 2^-42, so that its product with a binary exponent is exact.
pub(crate) const LN2_HI: f64 = f64::from_bits(0x3fe6_2e42_fefa_3800);
/// ln 2, the rest.
pub(crate) const LN2_LO: f64 = f64::from_bits(0x3d2e_f357_93c7_6730);
/// 1/c, a multiple of 2^-12, for c near the middle of interval i of the mantissa.
pub(crate) const LOG_INVERSE: [u64; 128] = [
    0x3ff6_8100_0000_0000, 0x3ff6_6200_0000_0000, 0x3ff6_4300_0000_0000, 0x3ff6_2400_0000_0000,
    0x3ff6_0600_0000_0000, 0x3ff5_e700_0000_0000, 0x3ff5_ca00_0000_0000, 0x3ff5_ac00_0000_0000,
    0x3ff5_8f00_0000_0000, 0x3ff5_7200_0000_0000, 0x3ff5_5500_0000_0000, 0x3ff5_3900_0000_0000,
    0x3ff5_1d00_0000_0000, 0x3ff5_0100_0000_0000, 0x3ff4_e600_0000_0000, 0x3ff4_cb00_0000_0000,
    0x3ff4_b000_0000_0000, 0x3ff4_9500_0000_0000, 0x3ff4_7b00_0000_0000, 0x3ff4_6100_0000_0000,
    0x3ff4_4700_0000_0000, 0x3ff4_2d00_0000_0000, 0x3ff4_1400_0000_0000, 0x3ff3_fb00_0000_0000,
    0x3ff3_e200_0000_0000, 0x3ff3_ca00_0000_0000, 0x3ff3_b100_0000_0000, 0x3ff3_9900_0000_0000,
    0x3ff3_8100_0000_0000, 0x3ff3_6a00_0000_0000, 0x3ff3_5200_0000_0000, 0x3ff3_3b00_0000_0000,
    0x3ff3_2400_0000_0000, 0x3ff3_0d00_0000_0000, 0x3ff2_f700_0000_0000, 0x3ff2_e000_0000_0000,
    0x3ff2_ca00_0000_0000, 0x3ff2_b400_0000_0000, 0x3ff2_9e00_0000_0000, 0x3ff2_8900_0000_0000,
    0x3ff2_7300_0000_0000, 0x3ff2_5e00_0000_0000, 0x3ff2_4900_0000_0000, 0x3ff2_3400_0000_0000,
    0x3ff2_2000_0000_0000, 0x3ff2_0b00_0000_0000, 0x3ff1_f700_0000_0000, 0x3ff1_e300_0000_0000,
    0x3ff1_cf00_0000_0000, 0x3ff1_bb00_0000_0000, 0x3ff1_a800_0000_0000, 0x3ff1_9400_0000_0000,
    0x3ff1_8100_0000_0000, 0x3ff1_6e00_0000_0000, 0x3ff1_5b00_0000_0000, 0x3ff1_4800_0000_0000,
    0x3ff1_3600_0000_0000, 0x3ff1_2300_0000_0000, 0x3ff1_1100_0000_0000, 0x3ff0_ff00_0000_0000,
    0x3ff0_ed00_0000_0000, 0x3ff0_db00_0000_0000, 0x3ff0_c900_0000_0000, 0x3ff0_b800_0000_0000,
    0x3ff0_a700_0000_0000, 0x3ff0_9500_0000_0000, 0x3ff0_8400_0000_0000, 0x3ff0_7300_0000_0000,
    0x3ff0_6200_0000_0000, 0x3ff0_5200_0000_0000, 0x3ff0_4100_0000_0000, 0x3ff0_3100_0000_0000,
    0x3ff0_2000_0000_0000, 0x3ff0_1000_0000_0000, 0x3ff0_0000_0000_0000, 0x3fef_c000_0000_0000,
    0x3fef_8200_0000_0000, 0x3fef_4400_0000_0000, 0x3fef_0800_0000_0000, 0x3fee_cc00_0000_0000,
    0x3fee_9200_0000_0000, 0x3fee_5800_0000_0000, 0x3fee_1e00_0000_0000, 0x3fed_e600_0000_0000,
    0x3fed_ae00_0000_0000, 0x3fed_7800_0000_0000, 0x3fed_4200_0000_0000, 0x3fed_0c00_0000_0000,
    0x3fec_d800_0000_0000, 0x3fec_a400_0000_0000, 0x3fec_7200_0000_0000, 0x3fec_4000_0000_0000,
    0x3fec_0e00_0000_0000, 0x3feb_de00_0000_0000, 0x3feb_ac00_0000_0000, 0x3feb_7e00_0000_0000,
    0x3feb_4e00_0000_0000, 0x3feb_2000_0000_0000, 0x3fea_f200_0000_0000, 0x3fea_c600_0000_0000,
    0x3fea_9800_0000_0000, 0x3fea_6e00_0000_0000, 0x3fea_4200_0000_0000, 0x3fea_1600_0000_0000,
    0x3fe9_ec00_0000_0000, 0x3fe9_c200_0000_0000, 0x3fe9_9a00_0000_0000, 0x3fe9_7000_0000_0000,
    0x3fe9_4800_0000_0000, 0x3fe9_2000_0000_0000, 0x3fe8_fa00_0000_0000, 0x3fe8_d400_0000_0000,
    0x3fe8_ac00_0000_0000, 0x3fe8_8600_0000_0000, 0x3fe8_6200_0000_0000, 0x3fe8_3c00_0000_0000,
    0x3fe8_1800_0000_0000, 0x3fe7_f400_0000_0000, 0x3fe7_d000_0000_0000, 0x3fe7_ae00_0000_0000,
    0x3fe7_8a00_0000_0000, 0x3fe7_6800_0000_0000, 0x3fe7_4600_0000_0000, 0x3fe7_2400_0000_0000,
    0x3fe7_0200_0000_0000, 0x3fe6_e200_0000_0000, 0x3fe6_c200_0000_0000, 0x3fe6_a200_0000_0000,
];
/// ln c as a multiple of 2^-42.
pub(crate) const LOG_HI: [u64; 128] = [
    0xbfd5_d495_dcac_d000, 0xbfd5_7c2f_53b0_5000, 0xbfd5_234e_0670_a000, 0xbfd4_c9f0_9e15_3000,
    0xbfd4_72fd_be4f_d000, 0xbfd4_18a8_21a4_c000, 0xbfd3_c3b2_736b_4000, 0xbfd3_6b57_76bc_1000,
    0xbfd3_1579_e142_e000, 0xbfd2_bf28_7cc4_1000, 0xbfd2_6862_0f34_d000, 0xbfd2_1429_6d08_a000,
    0xbfd1_bf81_6355_f000, 0xbfd1_6a68_c9db_d000, 0xbfd1_17ee_81df_e000, 0xbfd0_c509_65e7_4000,
    0xbfd0_71b8_5fcd_6000, 0xbfd0_1dfa_5529_a000, 0xbfcf_99dc_6c23_c000, 0xbfce_f6f5_e338_c000,
    0xbfce_533e_ffde_2000, 0xbfcd_aeb5_aa6c_4000, 0xbfcd_0fb7_f225_6000, 0xbfcc_6ff3_c6ef_c000,
    0xbfcb_cf67_36f7_e000, 0xbfcb_3488_5022_e000, 0xbfca_926d_3a4a_e000, 0xbfc9_f60c_0684_6000,
    0xbfc9_58ea_dae6_0000, 0xbfc8_c19f_e298_2000, 0xbfc8_2301_64c1_a000, 0xbfc7_8a45_84c0_0000,
    0xbfc6_f0d2_8ae5_6000, 0xbfc6_56a6_be1d_e000, 0xbfc5_c280_60c4_6000, 0xbfc5_26e5_e3a1_c000,
    0xbfc4_915d_832f_c000, 0xbfc3_fb25_a595_2000, 0xbfc3_643c_ad05_8000, 0xbfc2_d389_07e0_4000,
    0xbfc2_3b41_2580_c000, 0xbfc1_a93b_7d43_0000, 0xbfc1_168e_8127_e000, 0xbfc0_8338_affa_2000,
    0xbfbf_ec91_31dc_0000, 0xbfbe_c349_7b49_8000, 0xbfbd_a6e7_637c_4000, 0xbfbc_8948_014b_c000,
    0xbfbb_6a68_8d9b_4000, 0xbfba_4a46_37ed_4000, 0xbfb9_375e_5559_4000, 0xbfb8_14be_23f8_c000,
    0xbfb6_ff73_09f8_c000, 0xbfb5_e8fa_4d85_8000, 0xbfb4_d151_5b98_8000, 0xbfb3_b875_98b1_c000,
    0xbfb2_ad44_9eff_4000, 0xbfb1_920b_c3d1_c000, 0xbfb0_8498_b51e_4000, 0xbfae_ec11_bf25_8000,
    0xbfac_ccb3_cd79_8000, 0xbfaa_ab12_cd3a_0000, 0xbfa8_8729_e70f_0000, 0xbfa6_7f94_f094_8000,
    0xbfa4_75ee_9a0b_0000, 0xbfa2_4b53_2104_0000, 0xbfa0_3d5d_85e7_0000, 0xbf9c_5a92_e163_0000,
    0xbf98_3624_fba8_0000, 0xbf94_4c28_d451_0000, 0xbf90_1f56_5873_0000, 0xbf88_5ac7_e9e8_0000,
    0xbf7f_e02a_6b10_0000, 0xbf6f_f00a_a2b0_0000, 0x0000_0000_0000_0000, 0x3f80_1015_7588_0000,
    0x3f8f_bea8_b13c_0000, 0x3f97_c61b_1cf6_0000, 0x3f9f_7a9b_1678_0000, 0x3fa3_9f07_ba0e_8000,
    0x3fa7_66d9_23c2_0000, 0x3fab_35dd_9b58_8000, 0x3faf_0c30_c111_8000, 0x3fb1_63d6_ef95_8000,
    0x3fb3_4517_9b63_c000, 0x3fb5_1887_4226_0000, 0x3fb6_ef52_8c05_8000, 0x3fb8_c985_e9ba_0000,
    0x3fba_956d_3eca_c000, 0x3fbc_6494_a2e4_0000, 0x3fbe_2507_702b_0000, 0x3fbf_e891_39db_c000,
    0x3fc0_d79e_7cd4_8000, 0x3fc1_b35a_e3b8_2000, 0x3fc2_99d3_0c60_6000, 0x3fc3_6f4c_2757_8000,
    0x3fc4_4f8b_726f_8000, 0x3fc5_27e5_e4a1_c000, 0x3fc6_01b0_76e7_a000, 0x3fc6_d35f_ee52_c000,
    0x3fc7_b009_1651_6000, 0x3fc8_7ad0_7c49_4000, 0x3fc9_509a_a004_4000, 0x3fca_27cc_3064_0000,
    0x3fca_f689_5610_e000, 0x3fcb_c696_84ae_e000, 0x3fcc_8df7_cb9a_8000, 0x3fcd_60a1_7f90_4000,
    0x3fce_2a87_7a6b_2000, 0x3fce_f5ad_e4dd_0000, 0x3fcf_b7d8_6eee_4000, 0x3fd0_3d95_a1d6_7000,
    0x3fd0_a504_e97b_b000, 0x3fd1_07e4_04ab_1000, 0x3fd1_661c_aecb_a000, 0x3fd1_ca28_c64b_b000,
    0x3fd2_2981_fbef_8000, 0x3fd2_896a_13e0_8000, 0x3fd2_e9e2_bce1_2000, 0x3fd3_4585_a594_c000,
    0x3fd3_a71c_56bb_5000, 0x3fd4_03d0_86ce_a000, 0x3fd4_610b_c29c_6000, 0x3fd4_becf_95d9_8000,
    0x3fd5_1d1d_9310_4000, 0x3fd5_765f_1749_e000, 0x3fd5_d01d_c49f_f000, 0x3fd6_2a5a_fc06_1000,
];
/// ln c, the rest.
pub(crate) const LOG_LO: [u64; 128] = [
    0xbd3b_c3fd_aed5_844c, 0xbd20_494c_017c_2a52, 0xbd34_9483_d21b_40d9, 0x3d2e_1dde_70e0_2de0,
    0xbd2f_9364_c53f_821f, 0xbd25_44a9_50cd_fe50, 0x3d03_e5d1_e9d3_ddf9, 0xbd11_6978_5a9c_223f,
    0x3d22_7cda_5a6d_3d1f, 0xbd2b_0f4f_549d_8ecf, 0xbd38_f44b_998b_b50e, 0x3d3c_b629_8064_beca,
    0x3d31_b109_58a0_2186, 0xbd3b_546c_d487_dbde, 0xbd33_0f77_8a2e_8cbd, 0xbd39_1647_f8ab_8825,
    0x3d3b_cb8b_a3e0_1a11, 0xbd32_d95d_5637_1332, 0x3d37_ed06_117b_4369, 0xbd15_9e36_e1b4_31a7,
    0x3d3f_d75b_b283_7bb6, 0x3d38_bfe9_b3f4_3035, 0x3d0a_f52b_2063_3b29, 0xbd3e_e133_7e51_07ee,
    0x3d32_71e8_94f5_91e4, 0xbd30_3ba8_5992_4374, 0x3d35_3935_e85b_aac8, 0x3d34_3555_07c1_6436,
    0x3d13_b685_7bb1_fa3b, 0xbce5_e01e_0d7c_912b, 0xbd19_8dd6_8a5d_0b48, 0xbd39_e3f5_7d3f_542e,
    0xbd36_9737_c933_73da, 0x3d3a_4d0d_f2dd_fbce, 0xbd36_ece3_74e0_e858, 0x3d37_90ba_37fc_5238,
    0x3d35_3cee_006b_cf62, 0xbd31_95be_6b35_8ff7, 0xbd31_e18f_2132_dfd5, 0xbd3d_2f47_22be_431c,
    0x3d37_e6e8_09e4_f37d, 0x3d33_debb_f4ec_55f3, 0xbd19_3436_f195_cb75, 0xbd30_533c_ac82_3e27,
    0x3d35_4555_d1ae_6607, 0x3d09_ce03_8385_8170, 0xbd1a_83ea_c951_c1aa, 0xbd26_d371_637a_76fb,
    0xbd3b_175f_f3be_2566, 0x3d3c_4289_0c53_9de5, 0xbd3e_ddc3_7380_c364, 0xbccb_2381_da82_fdfd,
    0xbc88_f199_94f3_75ab, 0xbd31_c6fc_e08d_7110, 0x3d08_e7d0_2e3f_5e95, 0x3d22_2415_94ac_a313,
    0x3d3c_ea3a_e5f0_5b87, 0x3d39_221e_62a5_16a0, 0x3d19_3b33_c55f_b24f, 0xbd3c_8428_0496_bda5,
    0xbd39_7a98_b99b_5035, 0xbd18_4590_fd8b_3b42, 0x3d29_c8d8_f692_991d, 0xbd3e_cc1f_3e7e_4ed7,
    0xbd16_de8f_baa8_b77a, 0x3d19_66b2_dce7_5097, 0xbd3f_7789_60ed_29cf, 0x3d39_62e9_5bcf_75e5,
    0xbd2d_eb9c_96b4_0046, 0xbd39_8b0a_5046_7942, 0xbd36_107d_26f9_2eb5, 0x3d02_4888_3197_ad1c,
    0xbd19_e23f_0dda_40e4, 0xbd20_bc04_a086_b56a, 0x0000_0000_0000_0000, 0x3d3b_ce25_1998_b506,
    0x3cde_c927_b17e_4e13, 0xbd20_8fc8_f849_a447, 0x3d24_2ad9_271b_e7d7, 0x3d3e_b129_d642_e577,
    0x3d1f_f0a8_2f1c_24c1, 0x3d3d_5674_d6cf_558e, 0xbd2c_aef3_588b_7d80, 0xbd17_f3b0_38d8_e6eb,
    0x3d3d_4203_d361_50d0, 0x3d33_0a1d_9625_8b3e, 0xbd35_d462_d767_cade, 0xbd33_7c37_7e43_0036,
    0x3d3e_6379_4c02_c4af, 0x3d38_a5e8_ab20_c4e6, 0xbd2f_8979_8052_2249, 0x3d35_6594_d82f_7a82,
    0x3d3c_b422_8478_49e4, 0xbd12_0a2e_7601_6a9d, 0x3d3d_4d00_79dc_08d9, 0xbd34_d9e2_683a_54ed,
    0x3d3d_f6a4_432b_9bb4, 0xbd34_e60b_8d4b_411d, 0x3d31_52d7_d4df_c8e5, 0xbd2f_127e_b4f6_4e1f,
    0xbd3a_e75f_cb06_7e57, 0xbd37_0f53_c386_330a, 0x3d3f_1e67_5b4d_35c6, 0x3d3d_9549_6327_4bb8,
    0xbd21_4828_8bf7_a937, 0x3d28_f6d5_d141_f9bd, 0x3d3e_ee42_f58e_1e6e, 0xbd35_d6e0_6fc2_0d39,
    0x3d38_2381_7787_081a, 0xbcca_2115_65bb_8e11, 0xbd21_c061_cdb8_097b, 0x3d3a_1788_0f23_6109,
    0x3d30_3094_e669_0c44, 0xbcff_b921_823a_afda, 0xbd31_71ff_f9fc_4abb, 0xbd1a_c4f8_42f5_566b,
    0xbd3a_1421_6095_80da, 0x3d3a_8ed0_27e1_6952, 0x3d24_300c_128d_1dc2, 0xbd3d_4d9b_f230_f411,
    0xbd3c_e772_094a_ef70, 0x3d3e_6ef5_7448_7308, 0xbd1e_82c9_f310_c8e6, 0xbd3b_b33b_2002_3a70,
    0x3d35_b0fa_a20d_9c8e, 0xbd36_532d_93e0_d82b, 0x3d27_40ab_8cfa_5ed3, 0x3d20_f54a_2bee_ff32,
];
/// 1/3
pub(crate) const LOG_C3: f64 = f64::from_bits(0x3fd5_5555_5555_5555);
/// -1/4
pub(crate) const LOG_C4: f64 = f64::from_bits(0xbfd0_0000_0000_0000);
/// 1/5
pub(crate) const LOG_C5: f64 = f64::from_bits(0x3fc9_9999_9999_999a);
/// -1/6
pub(crate) const LOG_C6: f64 = f64::from_bits(0xbfc5_5555_5555_5555);
/// 1/7
pub(crate) const LOG_C7: f64 = f64::from_bits(0x3fc2_4924_9249_2492);
/// -1/8
pub(crate) const LOG_C8: f64 = f64::from_bits(0xbfc0_0000_0000_0000);
/// 1/9
pub(crate) const LOG_C9: f64 = f64::from_bits(0x3fbc_71c7_1c71_c71c);
/// 1 / ln 2 in 26 bits.
pub(crate) const LOG2_E_HI: f64 = f64::from_bits(0x3ff7_1547_6800_0000);
/// 1 / ln 2, the rest.
pub(crate) const LOG2_E_LO: f64 = f64::from_bits(0xbe46_a3e8_0f44_4178);
/// 1 / ln 10 in 26 bits.
pub(crate) const LOG10_E_HI: f64 = f64::from_bits(0x3fdb_cb7b_1800_0000);
/// 1 / ln 10, the rest.
pub(crate) const LOG10_E_LO: f64 = f64::from_bits(0xbe26_c8d7_8e6a_caa4);
/// pi / 2.
pub(crate) const HALF_PI_HI: f64 = f64::from_bits(0x3ff9_21fb_5444_2d18);
/// pi / 2, the rest.
pub(crate) const HALF_PI_LO: f64 = f64::from_bits(0x3c91_a626_3314_5c07);
/// 1/6, what its double leaves.
pub(crate) const SIXTH_LO: f64 = f64::from_bits(0x3c65_5555_5555_5555);
/// atan(k/64), for k = 0..=64.
pub(crate) const ATAN_HI: [u64; 65] = [
    0x0000_0000_0000_0000, 0x3f8f_ff55_5bbb_729b, 0x3f9f_fd55_bba9_7625, 0x3fa7_fb81_8430_da2a,
    0x3faf_f55b_b72c_fdea, 0x3fb3_f59f_0e7c_559d, 0x3fb7_ee18_2602_f10f, 0x3fbb_e39e_be6f_07c3,
    0x3fbf_d5ba_9aac_2f6e, 0x3fc1_e1fa_fb04_3727, 0x3fc3_d6ee_e8c6_626c, 0x3fc5_c981_1e3e_c26a,
    0x3fc7_b97b_4bce_5b02, 0x3fc9_a6a8_e96c_8626, 0x3fcb_90d7_5292_60a2, 0x3fcd_77d5_df20_5736,
    0x3fcf_5b75_f92c_80dd, 0x3fd0_9dc5_97d8_6362, 0x3fd1_8bf5_a30b_f178, 0x3fd2_7837_2057_ef46,
    0x3fd3_6277_3707_ebcc, 0x3fd4_4aa4_36c2_af0a, 0x3fd5_30ad_9951_cd4a, 0x3fd6_1484_0309_cfe2,
    0x3fd6_f619_41e4_def1, 0x3fd7_d560_4b63_b3f7, 0x3fd8_b24d_394a_1b25, 0x3fd9_8cd5_454d_6b18,
    0x3fda_64ee_c3cc_23fd, 0x3fdb_3a91_1da6_5c6c, 0x3fdc_0db4_c94e_c9f0, 0x3fdc_de53_432c_1351,
    0x3fdd_ac67_0561_bb4f, 0x3fde_77eb_7f17_5a34, 0x3fdf_40dd_0b54_1418, 0x3fe0_039c_73c1_a40c,
    0x3fe0_657e_94db_30d0, 0x3fe0_c614_5b5b_43da, 0x3fe1_255d_9bfb_d2a9, 0x3fe1_835a_88be_7c13,
    0x3fe1_e00b_abde_feb4, 0x3fe2_3b71_e2cc_9e6a, 0x3fe2_958e_5930_8e31, 0x3fe2_ee62_8406_cbca,
    0x3fe3_45f0_1cce_37bb, 0x3fe3_9c39_1cd4_171a, 0x3fe3_f13f_b89e_96f4, 0x3fe4_4506_5b79_5b56,
    0x3fe4_978f_a326_9ee1, 0x3fe4_e8de_5bb6_ec04, 0x3fe5_38f5_7b89_061f, 0x3fe5_87d8_1f73_2fbb,
    0x3fe5_d589_8716_9b18, 0x3fe6_220d_115d_7b8e, 0x3fe6_6d66_3923_e087, 0x3fe6_b798_920b_3d99,
    0x3fe7_00a7_c578_4634, 0x3fe7_4897_8fba_8e0f, 0x3fe7_8f6b_bd5d_315e, 0x3fe7_d528_289f_a093,
    0x3fe8_19d0_b715_8a4d, 0x3fe8_5d69_576c_c2c5, 0x3fe8_9ff5_ff57_f1f8, 0x3fe8_e17a_a99c_c05e,
    0x3fe9_21fb_5444_2d18,
];
/// atan(k/64), the rest.
pub(crate) const ATAN_LO: [u64; 65] = [
    0x0000_0000_0000_0000, 0xbc22_20c3_9d4d_ff50, 0xbc35_ec43_1444_912c, 0xbc08_6ef8_f794_f105,
    0xbc3c_934d_86d2_3f1d, 0x3c5a_c4ce_285d_f847, 0xbc5c_fb65_4c0c_3d98, 0x3c5f_7b8f_29a0_5987,
    0xbc4c_d376_8676_0c17, 0xbc4b_4859_14da_cf8c, 0x3c66_1a3b_0ce9_281b, 0xbc50_54ab_2c01_0f3d,
    0x3c53_47b0_b4f8_81ca, 0x3c4c_f601_e7b4_348e, 0x3c21_7b10_d2e0_e5ab, 0x3c6c_648d_1534_597e,
    0x3c68_ab6e_3cf7_afbd, 0x3c76_2e47_390c_b865, 0x3c63_0ca4_748b_1bf9, 0xbc70_77cd_d36d_fc81,
    0xbc69_63a5_44b6_72d8, 0xbc75_d5e4_3c55_b3ba, 0xbc62_5664_8088_4082, 0xbc7a_7257_1571_1f00,
    0xbc7c_63aa_e6f6_e918, 0x3c76_9c88_5c2b_249a, 0x3c7b_6d0b_a374_8fa8, 0x3c79_e6c9_88fd_0a77,
    0xbc72_4dec_1b50_b7ff, 0x3c7a_e187_b1ca_5040, 0xbc7c_c1ce_7093_4c34, 0xbc7a_2cfa_4418_f1ad,
    0x3c7a_2b7f_222f_65e2, 0x3c70_e53d_c1bf_3435, 0xbc6a_3992_dc38_2a23, 0xbc8b_32c9_49c9_d593,
    0xbc7d_5b49_5f63_49e6, 0x3c59_74fa_13b5_404f, 0xbc52_bdae_e1c0_ee35, 0x3c8c_621c_ec00_c301,
    0xbc59_28df_287a_668f, 0x3c6c_421c_9f38_224e, 0xbc70_9e73_b0c6_c087, 0x3c8c_5d5e_9ff0_cf8d,
    0x3c81_0211_37c7_1102, 0xbc82_3043_31d8_bf46, 0x3c7e_cf8b_4926_44f0, 0xbc7f_76d0_163f_79c8,
    0x3c72_419a_87f2_a458, 0x3c84_a33d_beb3_796c, 0xbc81_bb74_abda_520c, 0xbc75_e5c9_d8c5_a950,
    0x3c60_028e_4bc5_e7ca, 0xbc62_b785_350e_e8c1, 0xbc76_ea6f_ebe8_bbba, 0xbc8a_8038_6188_c50e,
    0xbc78_c34d_25aa_def6, 0x3c47_b2a6_1658_84a1, 0x3c84_06a0_8980_3740, 0x3c85_6082_1e2f_3aa9,
    0xbc7b_f762_29d3_b917, 0x3c66_b66e_7fc8_b8c3, 0xbc85_5b9a_5e17_7a1b, 0xbc7e_c182_ab04_2f61,
    0x3c81_a626_3314_5c07,
];
/// erf(k/16), for k = 0..=96.
pub(crate) const ERF_HI: [u64; 97] = [
    0x0000_0000_0000_0000, 0x3fb2_07d4_80e9_0658, 0x3fc1_f5e1_a35c_3b89, 0x3fca_c45e_37fe_2526,
    0x3fd1_af54_e232_d609, 0x3fd5_da9f_415f_f23f, 0x3fd9_dd0d_2b72_1f39, 0x3fdd_b081_ce6e_2a48,
    0x3fe0_a7ef_5c18_edd2, 0x3fe2_5b8a_88b6_dd7f, 0x3fe3_f196_dcd0_f135, 0x3fe5_6924_3d2b_3a9b,
    0x3fe6_c1c9_759d_0e5f, 0x3fe7_fb9b_faed_8078, 0x3fe9_1724_951b_8fc6, 0x3fea_1551_a16a_aeaf,
    0x3fea_f767_a741_088b, 0x3feb_bef0_fbde_6221, 0x3fec_6dad_2829_ec62, 0x3fed_0580_b2cf_d249,
    0x3fed_8865_d98a_be01, 0x3fed_f85e_a8db_188e, 0x3fee_5768_c3b4_a3fc, 0x3fee_a773_0ed0_bbb9,
    0x3fee_ea55_5713_7ae0, 0x3fef_21c9_f12f_0677, 0x3fef_4f69_3b67_bd77, 0x3fef_74a6_d9a3_8383,
    0x3fef_92d0_77f8_d56d, 0x3fef_ab0d_d89d_1309, 0x3fef_be61_eef4_cf6a, 0x3fef_cdac_ca0b_fb73,
    0x3fef_d9ae_1427_95e3, 0x3fef_e307_f2b5_03d0, 0x3fef_ea42_18d6_594a, 0x3fef_efcc_e681_3974,
    0x3fef_f404_7603_19b4, 0x3fef_f733_814a_f88c, 0x3fef_f996_0f3e_b327, 0x3fef_fb5b_df67_fe6f,
    0x3fef_fcaa_8f4c_9bea, 0x3fef_fd9f_78c7_524a, 0x3fef_fe51_4bbd_c197, 0x3fef_fed1_67b1_2ac2,
    0x3fef_ff2c_fb04_53d9, 0x3fef_ff6d_ee89_352e, 0x3fef_ff9b_a420_e834, 0x3fef_ffbb_8f10_49c6,
    0x3fef_ffd1_ac41_35f9, 0x3fef_ffe0_e014_0857, 0x3fef_ffeb_3ebb_267b, 0x3fef_fff2_436a_21dc,
    0x3fef_fff6_f9f6_7e55, 0x3fef_fffa_1de8_c582, 0x3fef_fffc_316d_9ed0, 0x3fef_fffd_8e1a_2f22,
    0x3fef_fffe_710d_565e, 0x3fef_ffff_039f_9e8f, 0x3fef_ffff_618c_3da6, 0x3fef_ffff_9d44_6ccc,
    0x3fef_ffff_c2f1_71e3, 0x3fef_ffff_da86_faa9, 0x3fef_ffff_e92c_ed93, 0x3fef_ffff_f233_ee1d,
    0x3fef_ffff_f7b9_1176, 0x3fef_ffff_fb12_7525, 0x3fef_ffff_fd16_9d0c, 0x3fef_ffff_fe4a_ed5e,
    0x3fef_ffff_ff01_a8b6, 0x3fef_ffff_ff6d_1e56, 0x3fef_ffff_ffab_d229, 0x3fef_ffff_ffd0_1f89,
    0x3fef_ffff_ffe4_fa30, 0x3fef_ffff_fff0_dd2b, 0x3fef_ffff_fff7_9626, 0x3fef_ffff_fffb_5be5,
    0x3fef_ffff_fffd_759d, 0x3fef_ffff_fffe_9eb0, 0x3fef_ffff_ffff_4188, 0x3fef_ffff_ffff_9a1b,
    0x3fef_ffff_ffff_c9e8, 0x3fef_ffff_ffff_e380, 0x3fef_ffff_ffff_f11a, 0x3fef_ffff_ffff_f845,
    0x3fef_ffff_ffff_fc05, 0x3fef_ffff_ffff_fdf8, 0x3fef_ffff_ffff_fef8, 0x3fef_ffff_ffff_ff7b,
    0x3fef_ffff_ffff_ffbe, 0x3fef_ffff_ffff_ffdf, 0x3fef_ffff_ffff_fff0, 0x3fef_ffff_ffff_fff8,
    0x3fef_ffff_ffff_fffc, 0x3fef_ffff_ffff_fffe, 0x3fef_ffff_ffff_ffff, 0x3ff0_0000_0000_0000,
    0x3ff0_0000_0000_0000,
];
/// erf(k/16), the rest.
pub(crate) const ERF_LO: [u64; 97] = [
    0x0000_0000_0000_0000, 0x3c54_c35c_4336_2a08, 0x3c6d_0b6d_6493_e0f4, 0x3c64_8d48_536c_61e3,
    0xbc7b_ee92_1fa4_172b, 0xbc4a_72e5_1e19_194b, 0xbc71_671c_021d_14c4, 0xbc77_ff0a_3296_d9cc,
    0x3c75_e809_f1a3_1a28, 0x3c89_534a_3b5b_d215, 0xbc7f_25f4_f6fd_f70b, 0x3c78_eef7_012e_8df5,
    0x3c8b_1432_f2cb_c455, 0x3c76_6cf1_4bca_d032, 0xbc82_7912_dd35_2f8b, 0x3c6a_558a_46df_5f67,
    0xbc7c_97f7_7812_2797, 0xbc83_22c1_148e_0d48, 0xbc6a_b76d_4cba_3d05, 0x3c84_fca6_318d_fee9,
    0xbc8f_cec4_afb9_74d9, 0xbc8f_71e8_254d_11a9, 0x3c68_b626_74f8_9890, 0x3c82_c5bd_7ce1_388b,
    0xbc83_85e4_45f2_c96d, 0xbc57_efe4_2967_2266, 0xbc73_a1ee_1406_c356, 0x3c8c_33a3_2942_3946,
    0x3c78_b55e_f493_fce7, 0xbc8a_e61b_d9db_1bab, 0x3c81_5ded_8866_7618, 0xbc82_c33d_8872_9e43,
    0x3c79_7280_1904_b9a3, 0xbc68_a555_0003_87f8, 0xbc5e_3333_d8f7_d98c, 0xbc5b_27cf_5025_d1c8,
    0x3c7f_1420_7143_2025, 0x3c70_a872_38ce_a4f9, 0xbc70_8b1c_a6e9_7f80, 0x3c14_e830_346f_6e7f,
    0x3c8b_0cee_1601_16f9, 0x3c80_4ed6_ff98_e45d, 0xbc5c_d963_345b_5c6d, 0xbc8d_dc0c_e3ed_8fcb,
    0x3c89_a913_6860_42a3, 0x3c8b_96c0_ba13_851d, 0x3c71_379e_c5aa_630e, 0x3c7d_2c62_66b5_1f27,
    0x3c8e_eafa_1ecd_6cef, 0xbc66_aa36_f86c_14dd, 0x3c6e_47f6_9704_7cba, 0xbc83_6079_59a2_9d36,
    0x3c8e_1e44_83ba_034b, 0x3c88_3254_0129_302a, 0xbc88_b32f_44f4_6b3b, 0xbc8c_10ad_f6b1_9989,
    0x3c8c_9ea5_2d76_dc04, 0xbc89_d1bc_d617_4e99, 0xbc51_9309_ce23_aa3e, 0xbc6b_b06b_ab98_bc7e,
    0x3c88_5edd_0395_f475, 0xbc7d_2302_52d6_8f25, 0xbc8d_2db2_ecfe_14ae, 0x3c8d_b123_ed17_221d,
    0x3c70_b286_5615_db40, 0x3c85_04f3_82db_4102, 0x3c87_0a2b_fb06_8e6f, 0x3c43_89c0_f32a_d0f4,
    0x3c32_3370_eca5_ca6a, 0xbc86_4d96_9b4b_e4c4, 0xbc64_dbe4_9bec_3ef2, 0xbc73_5e8e_3988_4f62,
    0x3c6d_166b_cb68_1c7b, 0x3c80_df73_e7d2_fc98, 0x3c85_fbc5_2d65_0a89, 0xbc77_29d6_819c_7f34,
    0x3c8f_7bee_7eb2_3420, 0xbc5e_a527_e0be_f1ec, 0x3c87_a2cb_3d05_6eac, 0xbc66_a872_70d2_450e,
    0xbc7a_759f_7738_935f, 0x3c87_ce07_114e_4fe0, 0xbc73_eafc_cbc6_e8b7, 0x3c7b_0edc_5a89_ab8f,
    0x3c80_7ba9_6a6b_2e1a, 0xbc8d_cf8b_10ff_973b, 0x3c71_4be6_2264_02c7, 0x3c80_0fa0_7f7f_b612,
    0xbc81_82b3_26b2_28dc, 0x3c75_669e_670f_914b, 0xbc72_0ef3_618f_2d54, 0x3c70_160e_f15c_497d,
    0x3c78_115f_d1b1_2786, 0x3c75_9ab2_4e58_9a30, 0x3c70_4393_97b5_f70a, 0xbc8a_6d7d_1883_1888,
    0xbc78_cf81_557d_20b6,
];
/// The slope of erf at k/16, 2 / sqrt(pi) exp(-(k/16)^2), for k = 0..=96.
pub(crate) const ERF_SLOPE_HI: [u64; 97] = [
    0x3ff2_0dd7_5042_9b6d, 0x3ff1_fbd2_7cdc_72d3, 0x3ff1_c62f_a1e8_69b6, 0x3ff1_6e2d_7093_cd8c,
    0x3ff0_f5d1_602f_7e41, 0x3ff0_5fd3_ecbe_c298, 0x3fef_5f0c_daf1_5313, 0x3fed_d167_c4cf_9d2a,
    0x3fec_1efc_a49a_5011, 0x3fea_5074_e215_7620, 0x3fe8_6e96_9413_4b9e, 0x3fe6_81ff_24b4_ab04,
    0x3fe4_92e4_2d78_d2c5, 0x3fe2_a8dc_ede3_673b, 0x3fe0_cab6_1f08_4b93, 0x3fdd_fca2_6f5b_bf88,
    0x3fda_911f_096f_bc26, 0x3fd7_5a91_a7f4_d2ed, 0x3fd4_5e99_bcbb_7915, 0x3fd1_a0dc_51a9_934d,
    0x3fce_4652_fadc_b6b2, 0x3fc9_cb5b_d549_b111, 0x3fc5_ce59_5c45_5b0a, 0x3fc2_4a7b_84d3_8971,
    0x3fbe_7237_26b8_24a9, 0x3fb9_2470_a61b_6965, 0x3fb4_99d4_78bc_a735, 0x3fb0_bf97_e95f_2a64,
    0x3fab_0553_0322_1015, 0x3fa5_a08e_85af_27e0, 0x3fa1_2ceb_37ff_9bc3, 0x3f9b_1160_991f_f737,
    0x3f95_29b9_e8cf_9a1e, 0x3f90_6ae1_3b0d_3255, 0x3f89_4624_e78e_0faf, 0x3f83_4d7d_bc76_d7e5,
    0x3f7d_4143_a9df_e965, 0x3f75_ff27_50fe_7820, 0x3f70_6918_b635_5624, 0x3f68_4ba3_004a_50d0,
    0x3f61_d831_70fb_f6fb, 0x3f5a_0243_65f7_71bd, 0x3f52_ce89_8809_244e, 0x3f4a_fc85_e0f8_2e12,
    0x3f43_360c_cd23_db3a, 0x3f3b_23a5_a23e_4210, 0x3f33_0538_fbb7_7ecd, 0x3f2a_7406_8402_6555,
    0x3f22_408e_9ba3_327f, 0x3f18_fdc1_b2dc_f7b9, 0x3f10_f9e1_b4dd_36df, 0x3f06_e236_7dc2_7f95,
    0x3efe_9b5e_8d00_ce77, 0x3ef4_4f21_e490_54f2, 0x3eea_be09_e914_4b5e, 0x3ee1_783c_eac2_8910,
    0x3ed6_a597_219a_93da, 0x3ecd_2139_7ead_99cb, 0x3ec2_96a7_0f41_4053, 0x3eb7_89fb_715a_ae95,
    0x3ead_9371_e2ff_7c35, 0x3ea2_6f9d_f851_9bd7, 0x3e96_ce1a_a3fd_7bdd, 0x3e8b_fd75_55a3_bd68,
    0x3e81_0b14_88ae_b235, 0x3e74_980c_b3c8_0949, 0x3e68_b0cf_ce05_79e0, 0x3e5d_5f3a_8dea_7357,
    0x3e51_55a0_9065_d4f7, 0x3e44_4d26_de51_3197, 0x3e37_974e_743d_ea3d, 0x3e2b_334f_ac4b_9f99,
    0x3e1f_1e35_23b4_1d7d, 0x3e11_a94f_f571_654f, 0x3e03_e44e_4530_1b92, 0x3df6_3ac6_b4ed_c88e,
    0x3de8_a617_45ec_7d1d, 0x3ddb_1e5a_cf35_1d87, 0x3dcd_9a88_0f30_6bd8, 0x3dc0_084f_f125_639d,
    0x3db1_3af4_f04f_9998, 0x3da2_5f9e_e0b9_23dc, 0x3d93_70ab_8327_af5e, 0x3d84_6897_d4b6_9fc6,
    0x3d75_422e_f5d8_949d, 0x3d65_f8b8_7a31_bd85, 0x3d56_8823_e529_70be, 0x3d46_ed2f_2515_e933,
    0x3d37_2586_10b3_b233, 0x3d27_2fd9_3e03_6cdc, 0x3d17_0bea_f9c7_ffb6, 0x3d06_ba91_ac73_4786,
    0x3cf6_3daf_8b4b_1e0c, 0x3ce5_9820_08db_1304, 0x3cd4_cd9c_0415_8cd7, 0x3cc3_e296_303b_2297,
    0x3cb2_dc11_9095_729f,
];
/// The slope of erf at k/16, the rest.
pub(crate) const ERF_SLOPE_LO: [u64; 97] = [
    0x3c71_ae3a_914f_ed80, 0xbc92_11c7_11d8_09fe, 0x3c8c_e690_9ad6_a1e7, 0x3c99_79a5_2f90_6b4c,
    0xbc83_e417_78d4_b1ee, 0xbc9f_17d4_9717_adf9, 0x3c3d_ff29_f5ad_8117, 0x3c84_4f28_32f9_0a99,
    0x3c84_c081_d7f4_9500, 0x3c7f_ad8c_0ef6_faec, 0xbc83_bda1_314b_1d68, 0xbc5d_ba64_9335_4c66,
    0xbc88_bd38_6a7b_a3f6, 0xbc77_378e_2c70_325d, 0x3c70_98a5_11a7_78e7, 0xbc6d_dcba_f855_87b9,
    0xbc70_86a0_9f73_5b33, 0x3c56_eb82_6a9d_f857, 0x3c77_bcd0_125a_8155, 0xbc6c_a89d_2d78_fba4,
    0xbc2e_9508_3690_1024, 0xbc49_73e7_3caa_1ede, 0x3c4c_3174_15c2_c6e1, 0x3c6a_a0c5_e788_ed5f,
    0xbc42_2031_97ee_a764, 0x3c5c_6acd_40ce_e350, 0x3c33_1c41_d173_78e2, 0xbc54_4605_1f6f_ef83,
    0x3c4c_ba9e_a60e_d019, 0x3c4e_4f9c_fc8c_2382, 0x3c4a_3b0b_09d3_4761, 0xbc2d_940a_5043_53b9,
    0x3c2b_47be_cf12_c4e4, 0xbc38_8abd_7f4b_e982, 0xbc24_1864_737c_78ff, 0x3c23_780d_6e7e_b350,
    0xbc06_eec3_c35c_7ed7, 0xbc15_f184_847c_a665, 0x3c12_1b46_3b8e_3a00, 0xbbf9_0b93_d463_21ef,
    0x3c0e_a367_1efb_b74a, 0x3bf3_c8f5_202c_b3e9, 0x3bf0_92b4_5493_a9e8, 0x3bd4_38f2_2895_e01d,
    0x3ba3_9e15_444e_9ddd, 0x3bc7_27bc_e1bd_fffe, 0x3ba8_c5e8_c1b3_532f, 0xbba7_e24c_c3ac_5720,
    0xbbc7_e1d8_1587_040c, 0x3b87_050f_50b8_f311, 0xbb83_fedc_80d9_c7ae, 0x3b6d_96e6_f015_10e8,
    0xbb9c_bbe2_ecd1_cfac, 0x3b8f_338c_f408_64d8, 0x3b83_0830_0923_fe4b, 0xbb87_f19d_8ee5_82e5,
    0xbb7c_bf8f_bc2c_d5cd, 0xbb46_abd9_c029_cf89, 0x3b50_36e6_5808_a17d, 0xbaf2_26d9_3bf8_8ff6,
    0x3b40_aed0_951e_078d, 0xbb4e_3398_71c0_1768, 0x3afb_f15b_0bc5_6aab, 0x3b20_151c_f177_a911,
    0xbaec_d75b_4828_c0c0, 0x3b17_fbdd_923f_82b7, 0xbb0e_8bad_9967_ec2c, 0x3aff_a07c_1862_2d49,
    0xbae7_c5d6_c714_0f80, 0x3ae7_6fc2_0fc4_c506, 0xbadb_6101_ddd9_0bdb, 0x3ac3_2178_ed1a_6c0d,
    0xbab7_3035_36c5_0b37, 0x3abf_bf53_7b47_ce6d, 0x3aa1_a5c0_0d13_a5f2, 0xba7c_4599_1834_a34f,
    0x3a79_d509_f787_b50e, 0x3a5d_c965_83bc_1d87, 0xba1f_bec4_689f_f1da, 0xba58_ad61_debe_a5df,
    0xba50_532e_647c_d418, 0xba41_74c4_3a73_8d83, 0xba31_cdf0_83ee_84bc, 0x3a2a_7485_2413_b364,
    0x39ff_f622_5885_7350, 0x39d6_5b26_542e_9e5a, 0x39d2_4038_ae49_efbd, 0x39d2_bc18_0286_6176,
    0xb9a6_0bc7_761c_a394, 0x39b1_c553_d0f2_268e, 0xb98b_0d07_18f5_cfd3, 0xb9af_81d6_faa9_9c8d,
    0x396f_3880_0a69_fe98, 0xb981_cf9b_dada_0bfe, 0x3975_3394_7579_e54d, 0x3966_8cf6_480a_3817,
    0xb951_566d_13fe_4564,
];
/// 2/pi in digits of 28 bits, behind two that are zero.
pub(crate) const TWO_OVER_PI: [i64; 44] = [
    0x0000000, 0x0000000, 0xa2f9836, 0xe4e4415, 0x29fc275, 0x7d1f534, 0xddc0db6, 0x295993c,
    0x439041f, 0xe5163ab, 0xdebbc56, 0x1b7246e, 0x3a424dd, 0x2e00649, 0x2eea09d, 0x1921cfe,
    0x1deb1cb, 0x129a73e, 0xe88235f, 0x52ebb44, 0x84e99c7, 0x026b45f, 0x7e41399, 0x1d63983,
    0x5339f49, 0xc845f8b, 0xbdf9283, 0xb1ff897, 0xffde059, 0x80fef2f, 0x118b5a0, 0xa6d1f6d,
    0x367ecf2, 0x7cb09b7, 0x4f463f6, 0x69e5fea, 0x2d7527b, 0xac7ebe5, 0xf17b3d0, 0x739f78a,
    0x5292ea6, 0xbfb5fb1, 0x1f8d5d0, 0x8560330,
];
