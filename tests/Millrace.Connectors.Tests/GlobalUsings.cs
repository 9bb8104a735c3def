global using Millrace.Columnar;
global using Millrace.Sdk;
global using Millrace.TestKit;
global using Xunit;
