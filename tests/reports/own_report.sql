/*
title: Bills a day
parameters:
  least: {type: text, help: only days with as many bills}
*/
/*
section: days
title: Days
columns:
  day: {title: Day, type: date}
  bills: {title: Bills, type: count}
*/
SELECT business_date AS day, count(*) AS bills FROM bills GROUP BY ALL
HAVING bills >= CAST(coalesce($least, '0') AS INTEGER) ORDER BY day;
