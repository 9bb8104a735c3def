namespace Millrace.Runtime;

/// <summary>Errors of configuration files.</summary>
public static class ConfigurationErrors
{
    public static readonly ErrorCode FileNotFound = new("MR1020", "A configuration file does not exist.", "Check the path.");
    public static readonly ErrorCode FileNotReadable = new("MR1021", "A configuration file cannot be read.", "Check its permissions and its size.");
    public static readonly ErrorCode InvalidYaml = new("MR1022", "A configuration file is not valid YAML.", "Check indentation, quotes and colons at the place named.");
    public static readonly ErrorCode TooLarge = new("MR1023", "A configuration is larger or deeper than any sensible one.", "Look for aliases that repeat themselves.");
    public static readonly ErrorCode VariableNotSet = new("MR1024", "A variable has no value.", "Set it in the environment, or give a default with ${NAME:-default}.");
    public static readonly ErrorCode InvalidVariable = new("MR1025", "A variable reference is malformed.", "Write ${NAME}, ${NAME:-default} or ${NAME:?message}; $$ stands for one $.");
    public static readonly ErrorCode NoSecrets = new("MR1026", "A secret is asked for and there is no store of secrets.", "Pass the value in an environment variable and write ${NAME}.");
    public static readonly ErrorCode EmptyFile = new("MR1027", "A configuration file is empty.", "A job needs at least `name`, `source` and `target`.");
    public static readonly ErrorCode NoConnector = new("MR1028", "A source or target does not say what it is.", "Give `location` (a path or URL), or `connector` with its options.");
    public static readonly ErrorCode DuplicateColumn = new("MR1029", "Two columns would have one name.", "Give one of them another `name`.");
    public static readonly ErrorCode DuplicateJob = new("MR1030", "Two jobs have one name.", "Names are unique within a tenant: rename one of them.");
    public static readonly ErrorCode UnsupportedMode = new("MR1032", "A connector cannot read or write in the way asked for.", "See `millrace connectors describe NAME`.");
    public static readonly ErrorCode NoJobs = new("MR1033", "A folder holds no job files.", "Job files end in .yaml or .yml.");
}
