COLUMNS = {
    "categorical": ["Course", "Mother_job", "Application_mode"],
    "numeric": ["Admission_grade", "Age_at_enrollment", "Units_1st_grade", "approval_rate", "GDP"],
    "binary": ["Daytime", "Debtor", "Tuition_up_to_date", "Scholarship"],
}
MODEL = dict(n_estimators=20, max_depth=5, min_samples_leaf=4, random_state=11)
