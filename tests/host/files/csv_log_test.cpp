#include "host/files/csv_log.hpp"

#include "dae/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_folder.hpp"

using namespace dae;

TEST_CASE("a table starts with its header and grows by rows", "[csv_log]") {
  const TempFolder folder;
  const auto path = folder.put("t.csv", "something old\n");
  {
    CsvLog log(path, "step,loss");
    CHECK(slurp(path) == "step,loss\n");
    log.append("1,0.5\n");
    log.append("2,0.25\n3,0.125\n");
  }
  CHECK(slurp(path) == "step,loss\n1,0.5\n2,0.25\n3,0.125\n");
  CHECK(read_csv(path) == std::vector<std::vector<double>>{{1, 0.5}, {2, 0.25}, {3, 0.125}});
}

TEST_CASE("a table goes on after the rows that are to be kept", "[csv_log]") {
  const TempFolder folder;
  const char* const text = GENERATE("step,loss\n1,0.5\n2,0.25\n3,0.125\n",  // one too many
                                    "step,loss\n1,0.5\n2,0.25\n3,0.1",      // the last not whole
                                    "step,loss\n1,0.5\n2,0.25\n2,0.25\n",   // twice
                                    "step,loss\n1,0.5\n2,0.25\nx\n");       // damaged
  const auto path = folder.put("t.csv", text);
  CsvLog log(path, "step,loss", 2);
  log.append("3,9\n");
  CHECK(slurp(path) == "step,loss\n1,0.5\n2,0.25\n3,9\n");
}

TEST_CASE("a table of other columns, or none, is started anew", "[csv_log]") {
  const TempFolder folder;
  const auto path = folder / "t.csv";
  if (GENERATE(true, false)) (void)folder.put("t.csv", "epoch,loss\n1,0.5\n");
  const CsvLog log(path, "step,loss", 2);
  CHECK(slurp(path) == "step,loss\n");
}

TEST_CASE("reading a table leaves out what is not whole", "[csv_log]") {
  const TempFolder folder;
  CHECK(read_csv(folder / "missing").empty());
  CHECK(read_csv(folder.put("a", "step,loss\n1,0.5\n2,0.")) == std::vector<std::vector<double>>{{1, 0.5}});
  CHECK(read_csv(folder.put("b", "step,loss\n1,0.5\n2\n")) == std::vector<std::vector<double>>{{1, 0.5}});
  CHECK(read_csv(folder.put("c", "step,loss\n1,0.5\n2,x\n")) == std::vector<std::vector<double>>{{1, 0.5}});
}

TEST_CASE("a table that cannot be written is an output error", "[csv_log]") {
  const TempFolder folder;
  CHECK_THROWS_AS(CsvLog(folder / "no" / "such" / "folder.csv", "step"), OutputError);
}

TEST_CASE("a reader of a growing table hands over each whole row once", "[csv_log]") {
  const TempFolder folder;
  const std::filesystem::path path = folder / "table.csv";
  CsvLog log(path, "step,loss");
  log.append("1,0.5\n2,0.2");
  CsvReader reader(path);
  std::vector<double> losses;
  const auto read = [&] {
    losses.clear();
    reader.read([&](std::span<const double> row) { losses.push_back(row[1]); });
    return losses;
  };
  CHECK(read() == std::vector{0.5});
  CHECK(read().empty());
  log.append("5\n3,0.125\n");
  CHECK(read() == std::vector{0.25, 0.125});
}
