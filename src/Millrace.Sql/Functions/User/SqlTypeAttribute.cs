namespace Millrace.Sql;

/// <summary>
/// The type in SQL of a parameter or result whose .NET type does not say all of it: <c>[return: SqlType("decimal(18,2)")]</c>,
/// <c>[SqlType("json")] string</c>.
/// </summary>
/// <param name="type">Name of the type.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue)]
public sealed class SqlTypeAttribute(string type) : Attribute
{
    public string Type { get; } = type;
}
