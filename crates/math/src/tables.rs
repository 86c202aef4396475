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
/// 2/pi in digits of 28 bits, behind two that are zero.
pub(crate) const TWO_OVER_PI: [i64; 44] = [
    0x0000000, 0x0000000, 0xa2f9836, 0xe4e4415, 0x29fc275, 0x7d1f534, 0xddc0db6, 0x295993c,
    0x439041f, 0xe5163ab, 0xdebbc56, 0x1b7246e, 0x3a424dd, 0x2e00649, 0x2eea09d, 0x1921cfe,
    0x1deb1cb, 0x129a73e, 0xe88235f, 0x52ebb44, 0x84e99c7, 0x026b45f, 0x7e41399, 0x1d63983,
    0x5339f49, 0xc845f8b, 0xbdf9283, 0xb1ff897, 0xffde059, 0x80fef2f, 0x118b5a0, 0xa6d1f6d,
    0x367ecf2, 0x7cb09b7, 0x4f463f6, 0x69e5fea, 0x2d7527b, 0xac7ebe5, 0xf17b3d0, 0x739f78a,
    0x5292ea6, 0xbfb5fb1, 0x1f8d5d0, 0x8560330,
];
