using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Examples.Notebook;

/// <summary>What to read.</summary>
public sealed record NotebookSourceOptions
{
    [Description("Folder of the pages.")]
    [OptionExample("notes/")]
    public required string Path { get; init; }
}

/// <summary>Where to write.</summary>
public sealed record NotebookTargetOptions
{
    [Description("Folder of the pages; it is made when it does not exist.")]
    [OptionExample("notes/")]
    public required string Path { get; init; }
}
