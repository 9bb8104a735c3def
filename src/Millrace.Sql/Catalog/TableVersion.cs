namespace Millrace.Sql.Catalog;

/// <summary>A state that a table had.</summary>
/// <param name="Text">A number or name, or a time in ISO 8601 with its zone.</param>
/// <param name="IsTime">Whether it is a time: then the state that was current.</param>
public sealed record TableVersion(string Text, bool IsTime);
