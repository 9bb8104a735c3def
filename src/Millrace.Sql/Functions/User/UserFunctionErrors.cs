namespace Millrace.Sql.Functions;

/// <summary>Errors of functions that are loaded from assemblies.</summary>
public static class UserFunctionErrors
{
    public static readonly ErrorCode ThrewCode = new("MR5310", "A loaded function threw an exception for a row.", "Mend the function, or guard the call with CASE.", Class: ErrorClass.Data);
    public static readonly ErrorCode ValueCode = new("MR5311", "A value does not fit the .NET type of a loaded function.", "Cast the argument, or give the parameter or result of the method another type.", Class: ErrorClass.Data);
    public static readonly ErrorCode NoAssemblyCode = new("MR5312", "A file is no assembly that can be loaded.", "Name the .dll that `dotnet build` makes, with its dependencies beside it, for .NET 10 or older.");
    public static readonly ErrorCode NoFunctionsCode = new("MR5313", "An assembly has no functions.", "Put [SqlFunction(\"name\")] on public static methods, or [SqlAggregate(\"name\")] on public static classes, of the package Millrace.Sql.");
    public static readonly ErrorCode BadSignatureCode = new("MR5314", "A method cannot be a function of SQL.", "docs/guides/user-functions.md says which methods can.");
    public static readonly ErrorCode NameTakenCode = new("MR5315", "A loaded function has the name of another.", "Give it another name in its attribute.");
    public static readonly ErrorCode BadStateCode = new("MR5316", "The state of a loaded aggregate cannot be kept.", "Give the state public properties that can be set, or the class methods Save and Load.");

    internal static MillraceException Signature(string what, string why, string? hint = null) => BadSignatureCode.Error($"{what} {why}", hint: hint);

    /// <summary>What a row fault says of an exception.</summary>
    internal static Fault Threw(string function, Exception error) => error is UserValueException
        ? new Fault(ValueCode, $"{function}: {error.Message}")
        : new Fault(ThrewCode, $"{function}() threw {error.GetType().Name}: {error.Message}");
}

/// <summary>A value that the other side has no place for. Never leaves the loops over rows.</summary>
internal sealed class UserValueException(string message) : Exception(message);
