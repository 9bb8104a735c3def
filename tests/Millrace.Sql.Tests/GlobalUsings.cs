global using Millrace.Columnar;
global using Millrace.TestKit;
