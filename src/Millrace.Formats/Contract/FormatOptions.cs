namespace Millrace.Formats;

/// <summary>
/// Base of each format's options: a record with a property per option, the default in its initialiser and the
/// documentation in <see cref="System.ComponentModel.DescriptionAttribute"/>. Validation, YAML, <c>WITH (…)</c>, JSON Schema
/// and the reference page come from the record. Option names are the property names in snake_case.
/// </summary>
public abstract record FormatOptions
{
    /// <summary>Checks what types cannot say; returns a sentence per fault.</summary>
    public virtual IEnumerable<string> Validate() => [];

    /// <summary>
    /// The same options, knowing columns that a job asks for by name. A format whose files do not say everything finds out
    /// more with them; a file need not have them.
    /// </summary>
    public virtual FormatOptions Expecting(IReadOnlyList<string> columns) => this;
}
