namespace Millrace.Sql.Execution;

/// <summary>What can go wrong while a statement runs. Those of class Data concern one row.</summary>
public static class ExecutionErrors
{
    public static readonly ErrorCode OverflowCode = new("MR5201", "A result does not fit its type.", "Cast an operand to a wider type, or set a failure strategy that sets bad rows aside.", Class: ErrorClass.Data);
    public static readonly ErrorCode DivisionByZeroCode = new("MR5202", "A number is divided by zero.", "Divide by nullif(x, 0) to get null instead.", Class: ErrorClass.Data);
    public static readonly ErrorCode CastFailedCode = new("MR5203", "A value cannot be converted into the type asked for.", "Use try_cast to get null instead.", Class: ErrorClass.Data);
    public static readonly ErrorCode ArgumentOutOfDomainCode = new("MR5204", "A function has no value for its argument.", "Keep such rows out with WHERE or CASE.", Class: ErrorClass.Data);
    public static readonly ErrorCode NullCode = new("MR5205", "A row has no value for a column that needs one.", "Keep such rows out with WHERE, fill them with coalesce(), or set a failure strategy that sets bad rows aside.", Class: ErrorClass.Data);
    public static readonly ErrorCode TooLongCode = new("MR5206", "A text is longer than its column takes.", "Cut it with left(text, length), or declare the column wider.", Class: ErrorClass.Data);
}
