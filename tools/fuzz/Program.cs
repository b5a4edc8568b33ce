using VectorMigration.Fuzzing;

return args switch
{
    ["pickles", ..] => new PickleFuzzProgram(args).Run(),
    ["stores", ..] => new StoreFuzzProgram(args).Run(),
    _ => new IndexFuzzProgram(args).Run(),
};
