namespace Millrace.Sql.Functions;

/// <summary>
/// What is written like a function but is part of the language, such as <c>coalesce</c>: it stands in the table for the
/// reference, for completion and for its examples. Binding knows it by name.
/// </summary>
/// <param name="Name">Name in lower case.</param>
/// <param name="Category">Chapter of the reference.</param>
/// <param name="Doc">One sentence.</param>
/// <param name="Forms">How it is written.</param>
public sealed record SpecialForm(string Name, FunctionCategory Category, string Doc, IReadOnlyList<string> Forms) : SqlFunction(Name, Category, Doc)
{
    public override IReadOnlyList<string> Signatures => Forms;
}
