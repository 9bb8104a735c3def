namespace Millrace.Runtime.Contracts;

/// <summary>Errors of data contracts: of their files, of comparing them, and of rows that break their rules.</summary>
public static class ContractErrors
{
    public static readonly ErrorCode NoObject = new("MR1121", "A contract describes several objects, or none of the name asked for.", "Name one behind the path: contract.yaml#orders.");
    public static readonly ErrorCode InvalidRule = new("MR1122", "A rule of a contract makes no sense for its column.", "Look at the type of the column and the values of the rule.");
    public static readonly ErrorCode Frozen = new("MR1123", "The source has other columns than the contract, which is frozen.", "Change the contract (`millrace asset generate` writes a new one), or set schema_validation_mode to evolve.");
    public static readonly ErrorCode NoContract = new("MR1126", "A validation mode is given and there is no contract.", "Name one with `asset`.");
    public static readonly ErrorCode QualityBroken = new("MR1127", "Rows that were to be committed do not keep a quality rule of their contract.", "Mend the data or the rule. To commit them all the same, give the rule `severity: warning`, or set schema_validation_mode to warn.");
    public static readonly ErrorCode ResultChanges = new("MR1128", "A contract is named for a statement whose result changes.", "Put the contract where rows are read or only added: a job that loads the source, or a statement with windows that emits each result once.");

    public static readonly ErrorCode RequiredCode = new("MR1110", "A row has no value for a column that its contract requires.", "Mend the row at its source, or allow the column to be empty.", Class: ErrorClass.Data);
    public static readonly ErrorCode UniqueCode = new("MR1111", "A row has a value that an earlier one of the run has, in a column that its contract calls unique.", "Look for what was delivered twice.", Class: ErrorClass.Data);
    public static readonly ErrorCode RangeCode = new("MR1112", "A value lies outside the range of its contract.", "Mend the row, or widen min and max.", Class: ErrorClass.Data);
    public static readonly ErrorCode LengthCode = new("MR1113", "A text has fewer or more characters than its contract allows.", "Mend the row, or change min_length and max_length.", Class: ErrorClass.Data);
    public static readonly ErrorCode PatternCode = new("MR1114", "A text does not match the pattern of its contract.", "Mend the row, or the pattern.", Class: ErrorClass.Data);
    public static readonly ErrorCode EnumCode = new("MR1115", "A value is none of those that its contract lists.", "Mend the row, or add the value to enum.", Class: ErrorClass.Data);
    public static readonly ErrorCode FormatCode = new("MR1116", "A text does not have the form that its contract names.", "Mend the row, or the format.", Class: ErrorClass.Data);
    public static readonly ErrorCode ForeignCode = new("MR1117", "A value is not in the dataset that its contract refers to.", "Load the dataset referred to first, or mend the row.", Class: ErrorClass.Data);

    internal static MillraceException BadRule(string rule, string fault) => InvalidRule.Error($"The rule '{rule}' {fault}.");
}
