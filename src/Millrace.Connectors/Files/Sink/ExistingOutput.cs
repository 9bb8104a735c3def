using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>How a run meets output that is there already.</summary>
internal enum ExistingOutput
{
    Refuse,
    Replace,
    Extend,
}

internal static class ExistingOutputs
{
    /// <summary>
    /// What the write mode and the option say together. Append is the mode of a job that names none, so the option
    /// may turn it into anything; an overwrite that somebody asked for is not weakened.
    /// </summary>
    public static ExistingOutput Choose(WriteMode mode, IfExists? option) => (mode, option) switch
    {
        (WriteMode.Append, null or IfExists.Append) => ExistingOutput.Extend,
        (WriteMode.Append, IfExists.Error) => ExistingOutput.Refuse,
        (WriteMode.Append or WriteMode.Overwrite, IfExists.Replace) => ExistingOutput.Replace,
        (WriteMode.Overwrite, null) => ExistingOutput.Replace,
        (WriteMode.Overwrite, { } other) => throw FilesErrors.ModeConflict.Error(
            $"The job overwrites, and `if_exists` says {OptionInfo.SnakeCase(other.ToString())}."),
        _ => throw FilesErrors.NotSupported.Error($"Files cannot be written with mode {OptionInfo.SnakeCase(mode.ToString())}."),
    };
}
